import { deepEqual, equal, match, notEqual, ok } from "node:assert/strict";
import { createColdStore } from "@countinghouse/cold";
import { loadSettings } from "@countinghouse/shared/config";
import { loadEndpoints } from "@countinghouse/shared/endpoints";
import { differences, expectedMetrics, type Figures } from "../comparison.ts";
import type { MinuteRecount } from "../oracle.ts";
import { signal, stillRunning } from "../processes.ts";
import { makeRecountFile, type RecountFile } from "../recount_file.ts";
import { fetchText, runTask, type Stack, startStack } from "../stack.ts";
import { waitUntil } from "../wait_until.ts";
import { warehouseMinutes } from "./warehouse_minutes.ts";

/** `EVENTS=1000000 deno task test tests/integration/ingest_test.ts` runs it on more. */
const EVENTS = Number(Deno.env.get("EVENTS") ?? 100_000);
/** Killed when half of the file has gone in. */
const VICTIMS = ["rollup", "warehouse", "lake"] as const;
const SEED = 20_250_301;
/** The file is of a day long past, and every store is to hold every minute of it. */
const EVERYTHING_IS_HOT = { HOT_RETENTION_MS: `${10 * 365 * 86_400_000}` };

interface Books {
  readonly read: number;
  readonly counted: number;
  readonly duplicates: number;
  readonly dead_lettered: number;
  readonly dead_letters: number;
  readonly sinks: { readonly hot: number; readonly warehouse: number; readonly lake: number };
  readonly partitions: readonly { readonly archived: number }[];
}

Deno.test("100,000 events, each worker killed in mid-ingest: every minute of every store equals the recount", async (test) => {
  const folder = await Deno.makeTempDir();
  try {
    const file = await makeRecountFile({ path: `${folder}/events.ndjson`, events: EVENTS, seed: SEED });
    await using stack = await startStack({ dataDir: `${folder}/data`, environment: EVERYTHING_IS_HOT });
    const before = await settledBooks(stack);

    await test.step("each worker is killed while the file goes in, and comes back", async () => {
      const killed = Promise.withResolvers<void>();
      const ingest = runTask(["ingest", "-"], stack.environment, heldInTheMiddle(file.path, killed.promise));
      await waitUntil("the rollup reading", 60_000, async () => (await readBooks(stack)).read > before.read);
      await Promise.all(VICTIMS.map((name) => killAndAwaitNext(stack, name)));
      killed.resolve();
      const { code, output } = await ingest;
      equal(code, 0, output);
    });

    await test.step("the books hold every line of the file", async () => {
      const { counted, duplicates, refused } = file.recount;
      const books = await waitUntil("the whole file in the books", 300_000, async () => {
        const change = changeOf(await readBooks(stack), before);
        return change.read >= counted + duplicates && change.sinks.hot >= counted &&
          change.sinks.warehouse >= counted &&
          // What the lake holds is told less copies, which are those in the rollup's books as they are by then.
          change.sinks.lake === counted && change;
      });
      deepEqual(books, {
        read: counted + duplicates,
        counted,
        duplicates,
        dead_lettered: 0,
        dead_letters: refused.length,
        sinks: { hot: counted, warehouse: counted, lake: counted },
      });
    });

    const warehouse = createColdStore(loadEndpoints(loadSettings()).clickhouseUrl);
    for (const [store, expected] of file.recount.stores) {
      await test.step(`every minute of store "${store}" through /kpis/history`, async () => {
        const found = await historyMetrics(stack, file, store);
        deepEqual(differencesOf(expected, found), []);
      });
      await test.step(`every minute of store "${store}" in the warehouse`, async () => {
        const minutes = await warehouseMinutes(warehouse, store, file.startMs, file.endMs);
        const found = new Map([...minutes].map(([minute, recount]) => [minute, expectedMetrics(recount)]));
        deepEqual(differencesOf(expected, found), []);
      });
    }
    await warehouse.close();

    await test.step("and every minute is equal in MongoDB, ClickHouse and Parquet", async () => {
      const range = [file.startMs, file.endMs].map((atMs) => new Date(atMs).toISOString());
      const said = await waitUntil("minutes that are final in every store", 180_000, async () => {
        const { output } = await runTask(
          ["reconcile", "--from", range[0]!, "--to", range[1]!, "--differing"],
          stack.environment,
        );
        return !output.includes("not final") && output;
      });
      match(said, /^[1-9]\d* minutes equal in MongoDB = ClickHouse = Parquet, 0 differ$/m);
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

/** A file's bytes, the second half of them only after what is to happen while it goes in. */
function heldInTheMiddle(path: string, happened: Promise<void>): ReadableStream<Uint8Array> {
  return ReadableStream.from((async function* () {
    const bytes = await Deno.readFile(path);
    const middle = bytes.length >> 1;
    yield bytes.subarray(0, middle);
    await happened;
    yield bytes.subarray(middle);
  })());
}

/** Kills a worker, and waits for the next one. */
async function killAndAwaitNext(stack: Stack, name: string): Promise<void> {
  const victim = await waitUntil(`a ${name}`, 30_000, () => stack.worker(`workers/${name}`));
  signal(victim, "SIGKILL");
  await waitUntil(
    `the end of the killed ${name}`,
    5_000,
    async () => (await stillRunning([victim])).length === 0,
  );
  const next = await waitUntil(`another ${name}`, 30_000, () => stack.worker(`workers/${name}`));
  notEqual(next.pid, victim.pid);
}

/** The metrics of a store's minutes as the API answers them. */
async function historyMetrics(stack: Stack, file: RecountFile, store: string): Promise<Metrics> {
  const query = new URLSearchParams({
    store_id: store,
    start_time: new Date(file.startMs).toISOString(),
    end_time: new Date(file.endMs).toISOString(),
    step: "1m",
  });
  const { ok: answered, text } = await fetchText(`${stack.webUrl}/kpis/history?${query}`);
  ok(answered, text);
  const windows = JSON.parse(text) as readonly { readonly _id: string; readonly metrics: Figures }[];
  const found = new Map(windows.map(({ _id, metrics }) => [_id, metrics]));
  equal(found.size, windows.length, "a minute is there twice");
  return found;
}

/** Every figure in which minutes are not as the recount says; a minute without events may be there or not. */
function differencesOf(expected: ReadonlyMap<string, MinuteRecount>, found: Metrics): readonly string[] {
  const minutes = new Set([...expected.keys(), ...found.keys()]);
  return [...minutes].sort().flatMap((minute) =>
    differences(minute, expectedMetrics(expected.get(minute)), found.get(minute) ?? {})
  );
}

type Metrics = ReadonlyMap<string, Figures>;

async function readBooks({ webUrl }: Stack): Promise<Books> {
  const { ok: answered, text } = await fetchText(`${webUrl}/ledger`);
  ok(answered, text);
  return JSON.parse(text);
}

/** The books when nothing is left to read; earlier tests may have written to the same log. */
async function settledBooks(stack: Stack): Promise<Books> {
  let last = await readBooks(stack);
  return await waitUntil("books that stand still", 60_000, async () => {
    const now = await readBooks(stack);
    const { hot, warehouse, lake } = now.sinks;
    const archived = now.partitions.reduce((sum, partition) => sum + partition.archived, 0);
    const isSettled = now.read === last.read && hot + archived === warehouse && warehouse === lake;
    last = now;
    return isSettled && now;
  });
}

function changeOf(now: Books, before: Books): Omit<Books, "partitions"> {
  return {
    read: now.read - before.read,
    counted: now.counted - before.counted,
    duplicates: now.duplicates - before.duplicates,
    dead_lettered: now.dead_lettered - before.dead_lettered,
    dead_letters: now.dead_letters - before.dead_letters,
    sinks: {
      hot: now.sinks.hot - before.sinks.hot,
      warehouse: now.sinks.warehouse - before.sinks.warehouse,
      lake: now.sinks.lake - before.sinks.lake,
    },
  };
}
