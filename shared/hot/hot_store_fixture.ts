import { loadSettings } from "@countinghouse/shared/config";
import { loadEndpoints } from "@countinghouse/shared/endpoints";
import { type HotStore, openHotStore } from "./hot_store.ts";
import { prepareHotStore } from "./prepare_hot_store.ts";

/** The documents of tests are old; none may expire while a test runs. */
const NEVER_MS = 20 * 365 * 86_400_000;

/** For tests: a hot store in a database of its own on the running server, which is dropped afterwards. */
export async function withHotStore(test: (store: HotStore) => Promise<void>): Promise<void> {
  const address = new URL(loadEndpoints(loadSettings()).mongoUri);
  address.pathname = `/test_${crypto.randomUUID().slice(0, 8)}`;
  const store = openHotStore(address.href);
  try {
    await prepareHotStore(store.database, NEVER_MS);
    await test(store);
  } finally {
    const cleaner = openHotStore(address.href);
    await cleaner.database.dropDatabase();
    await cleaner.close();
    await store.close();
  }
}
