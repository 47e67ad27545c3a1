/**
 * `deno run --allow-all bench/warehouse_queries.ts [--events 10000000]`: a year of a shop in the warehouse, in a database
 * of its own on the ClickHouse of the running stack or of the environment. Prints as JSON how fast rows are written, what
 * an event takes on disk, how long the rollups take, and how long typical questions about history do.
 *
 * @module
 */
import { parseArgs } from "node:util";
import {
  ColdSink,
  type ColdStore,
  countUniqueEvents,
  createColdStore,
  type EventFilter,
  prepareColdStore,
  readColdMinutes,
  readColdWindows,
  refreshRollups,
  RowFold,
} from "@countinghouse/cold";
import { type LogRecord, type Offset, START } from "@countinghouse/core";
import { loadSettings } from "@countinghouse/shared/config";
import { loadEndpoints } from "@countinghouse/shared/endpoints";
import { simulate } from "@countinghouse/simulate/simulation";

const { values: flags } = parseArgs({
  options: { events: { type: "string", default: "10000000" }, runs: { type: "string", default: "20" } },
});
const DAY_MS = 86_400_000;
const YEAR_DAYS = 365;
/** So many times the simulated stretch is laid behind itself, under new ids, to make up the year. */
const STRETCHES = 10;
const STRETCH_MS = YEAR_DAYS * DAY_MS / STRETCHES;
const PARTITIONS = 4;
const BATCH_ROWS = 50_000;

const simulated = Math.ceil(Number(flags.events) / STRETCHES);
const END_MS = Math.floor(Date.now() / DAY_MS) * DAY_MS;
const START_MS = END_MS - YEAR_DAYS * DAY_MS;
const store = createColdStore(
  loadEndpoints(loadSettings()).clickhouseUrl,
  `bench_${crypto.randomUUID().slice(0, 8)}`,
  600_000,
);
try {
  await prepareColdStore(store);
  const insertMs = await insertSimulated();
  await store.client.command({ query: "OPTIMIZE TABLE events FINAL" });
  const bytesPerEvent = await bytesPerRow("events");
  await layOut();
  const { ms: refreshMs } = await timed(() => refreshRollups(store, { settledMs: END_MS }));
  console.log(JSON.stringify(
    {
      events: simulated * STRETCHES,
      insert_rows_per_s: Math.round(simulated / insertMs * 1_000),
      bytes_per_event: bytesPerEvent,
      bytes_per_event_of_columns: await bytesOfColumns(),
      rollup_bytes_per_event: await bytesPerRow("rollups"),
      rollup_events_per_s: Math.round(simulated * STRETCHES / refreshMs * 1_000),
      queries_ms: await askAll(Number(flags.runs)),
    },
    null,
    2,
  ));
} finally {
  await store.client.command({ query: `DROP DATABASE ${store.database} SYNC` });
  await store.close();
}

/** A tenth of the year through the worker's own fold and sink; answers how long these took. */
async function insertSimulated(): Promise<number> {
  const shop = simulate({
    seed: 1,
    storeId: "default",
    startMs: START_MS,
    rate: simulated / STRETCH_MS * 1_000,
    rhythm: true,
    count: simulated,
    faults: { duplicates: 0.02, disorder: 0.05, late: 0.001, poison: 0 },
  });
  const sink = new ColdSink(store);
  const logs = Array.from({ length: PARTITIONS }, (_, partition) => ({
    fold: new RowFold(partition, START),
    next: 0,
    records: [] as LogRecord[],
  }));
  let tookMs = 0;
  const write = async (partition: number) => {
    const { fold, records, next } = logs[partition]!;
    const { ms } = await timed(async () => {
      const through = next as Offset;
      fold.apply({ partition, records, from: (next - records.length) as Offset, through, end: through });
      await sink.write({ partition, through, end: through, caughtUpMs: undefined, change: fold.take() });
    });
    tookMs += ms;
    logs[partition]!.records = [];
  };
  for (const { key, value, intendedMs } of shop) {
    const partition = key.reduce((sum, byte) => sum + byte, 0) % PARTITIONS;
    const log = logs[partition]!;
    log.records.push({ offset: log.next++ as Offset, appendTimeMs: intendedMs, key, value });
    if (log.records.length >= BATCH_ROWS) await write(partition);
  }
  for (const partition of logs.keys()) await write(partition);
  return tookMs;
}

/** The rest of the year, by the server alone. */
async function layOut(): Promise<void> {
  const columns = await rows<{ name: string }>(
    `SELECT name FROM system.columns WHERE database = currentDatabase() AND table = 'events' AND default_kind = ''`,
  );
  const names = columns.map(({ name }) => name);
  for (let stretch = 1; stretch < STRETCHES; stretch++) {
    const laterMs = Math.round(stretch * STRETCH_MS);
    const shifted: Readonly<Record<string, string>> = {
      offset: `offset + ${stretch * 2 * simulated}`,
      append_time: `append_time + toIntervalMillisecond(${laterMs})`,
      event_time: `event_time + toIntervalMillisecond(${laterMs})`,
      event_id: `toString(reinterpretAsUUID(sipHash128(event_id, ${stretch})))`,
      session_id: `concat(session_id, '${stretch}')`,
      order_id: `if(order_id = '', '', concat(order_id, '${stretch}'))`,
    };
    const select = names.map((name) => `${shifted[name] ?? name} AS ${name}_`).join(", ");
    await store.client.command({
      query: `INSERT INTO events (${names.join(", ")}) SELECT ${select} FROM events
        WHERE append_time < toDateTime(${Math.round(START_MS + 1.2 * STRETCH_MS) / 1_000 | 0}, 'UTC')
          AND offset < ${2 * simulated}`,
    });
  }
  await store.client.command({ query: "OPTIMIZE TABLE events FINAL" });
}

async function askAll(runs: number) {
  const windows = (fromMs: number, widthMs: number) =>
    Array.from(
      { length: Math.round((END_MS - fromMs) / widthMs) },
      (_, at) => ({ fromMs: fromMs + at * widthMs, toMs: fromMs + (at + 1) * widthMs }),
    );
  const ask = (fromMs: number, widthMs: number, filter: EventFilter = {}) => () =>
    readColdWindows(store, { storeId: "default", windows: windows(fromMs, widthMs), filter });
  const [country, utm] = await Promise.all([mostFrequent("country"), mostFrequent("utm_source")]);
  const filter = { country: [country], utm_source: [utm] };
  const questions: Readonly<Record<string, () => Promise<unknown>>> = {
    "last 24 h by 1m": ask(END_MS - DAY_MS, 60_000),
    "last 30 d by 1h": ask(END_MS - 30 * DAY_MS, 3_600_000),
    "last year by 1d, UTC": ask(START_MS, DAY_MS),
    "last year by 1d, UTC+2": ask(START_MS - 2 * 3_600_000, DAY_MS),
    "last year by 1d, UTC+5:30": ask(START_MS - 5.5 * 3_600_000, DAY_MS),
    "last 24 h by 1m, country and utm_source": ask(END_MS - DAY_MS, 60_000, filter),
    "last 30 d by 1h, country and utm_source": ask(END_MS - 30 * DAY_MS, 3_600_000, filter),
    "last year by 1d, country and utm_source": ask(START_MS, DAY_MS, filter),
    "10 minutes with cohorts, for the reconciliation": () =>
      readColdMinutes(store, { storeId: "default", fromMs: END_MS - 600_000, toMs: END_MS }),
    "count of all events": () => countUniqueEvents(store),
  };
  const figures: Record<string, { readonly p50: number; readonly p95: number }> = {};
  for (const [name, question] of Object.entries(questions)) {
    const tookMs: number[] = [];
    for (let run = 0; run < runs; run++) tookMs.push((await timed(question)).ms);
    tookMs.sort((a, b) => a - b);
    const at = (share: number) => Math.round(tookMs[Math.ceil(share * runs) - 1]!);
    figures[name] = { p50: at(0.5), p95: at(0.95) };
  }
  return figures;
}

async function mostFrequent(column: string): Promise<string> {
  const [row] = await rows<{ value: string }>(
    `SELECT ${column} AS value FROM events WHERE ${column} != '' GROUP BY value ORDER BY count() DESC LIMIT 1`,
  );
  return row?.value ?? "";
}

async function bytesPerRow(table: string): Promise<number> {
  const [row] = await rows<{ bytes: number }>(
    `SELECT sum(bytes_on_disk) / (SELECT count() FROM events) AS bytes FROM system.parts
      WHERE database = currentDatabase() AND table = '${table}' AND active`,
  );
  return Math.round((row?.bytes ?? NaN) * 100) / 100;
}

async function bytesOfColumns(): Promise<Readonly<Record<string, number>>> {
  const found = await rows<{ name: string; bytes: number }>(
    `SELECT name, data_compressed_bytes / (SELECT count() FROM events) AS bytes FROM system.columns
      WHERE database = currentDatabase() AND table = 'events' ORDER BY bytes DESC LIMIT 12`,
  );
  return Object.fromEntries(found.map(({ name, bytes }) => [name, Math.round(bytes * 100) / 100]));
}

async function rows<Row>(query: string, { client }: ColdStore = store): Promise<Row[]> {
  return await (await client.query({ query, format: "JSONEachRow" })).json<Row>();
}

async function timed<T>(work: () => Promise<T>): Promise<{ readonly ms: number; readonly result: T }> {
  const begunMs = performance.now();
  const result = await work();
  return { ms: performance.now() - begunMs, result };
}
