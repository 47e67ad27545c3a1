import { loadSettings } from "@countinghouse/shared/config";
import { loadEndpoints } from "@countinghouse/shared/endpoints";
import { type ColdStore, createColdStore } from "./cold_store.ts";
import { prepareColdStore } from "./prepare_cold_store.ts";

/** Runs a test on a database of its own, which is dropped afterwards. */
export async function withColdStore(test: (store: ColdStore) => Promise<void>): Promise<void> {
  const database = `test_${crypto.randomUUID().slice(0, 8)}`;
  const store = createColdStore(loadEndpoints(loadSettings()).clickhouseUrl, database);
  try {
    await prepareColdStore(store);
    await test(store);
  } finally {
    await store.client.command({ query: `DROP DATABASE IF EXISTS ${database} SYNC` });
    await store.close();
  }
}

/** The rows of a query. */
export async function rowsOf<Row>(
  { client }: ColdStore,
  query: string,
  query_params: Readonly<Record<string, unknown>> = {},
): Promise<Row[]> {
  const result = await client.query({ query, query_params: { ...query_params }, format: "JSONEachRow" });
  return await result.json<Row>();
}
