import assert from "node:assert/strict";
import type { ColdStore } from "@countinghouse/cold";
import { withColdStore } from "@countinghouse/cold/fixture";
import { withWebServer } from "./web_server_fixture.ts";

const ROWS = 500_000;
const MEGABYTE = 1e6;
const REST_AFTER = 4 * MEGABYTE;
const GROWTH_MB = 100;
/** The reader rests so long after so many bytes, which makes it slower than the warehouse. */
const REST_MS = 50;

async function fill(store: ColdStore): Promise<void> {
  await store.client.command({
    query: `INSERT INTO events
        (partition, offset, append_time, event_id, event_type, type_name, event_time, user_id, session_id, store_id,
          page, quantity, currency, amount)
      SELECT number % 4, intDiv(number, 4), toDateTime64('2026-03-01', 3, 'UTC') + number * 0.1 AS time,
        toString(cityHash64(number)), 'page_view', 'page_view', time, toString(number % 9973),
        toString(number % 30011), 'default', '/products/' || toString(number % 300), 1, 'EUR', number
      FROM numbers(${ROWS})`,
  });
}

function residentMegabytes(pid: number): number {
  const status = Deno.readTextFileSync(`/proc/${pid}/status`);
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) * 1_024 / MEGABYTE;
}

/** Reads a body slowly; answers its size, and the process' largest memory in each half of so many bytes. */
async function readSlowly(body: ReadableStream<Uint8Array>, pid: number, expectedBytes: number) {
  const peaks = [0, 0];
  let bytes = 0;
  for await (const chunk of body) {
    const rests = Math.floor((bytes + chunk.length) / REST_AFTER) - Math.floor(bytes / REST_AFTER);
    bytes += chunk.length;
    const half = bytes < expectedBytes / 2 ? 0 : 1;
    peaks[half] = Math.max(peaks[half]!, residentMegabytes(pid));
    if (rests > 0) await new Promise((resolve) => setTimeout(resolve, REST_MS));
  }
  return { bytes, peaks: peaks as [number, number] };
}

Deno.test(
  "half a million events go to a slow reader in flat memory, as text and as Parquet",
  // The operating system's own figure, which is in /proc on Linux only.
  { ignore: Deno.build.os !== "linux" },
  () =>
    withColdStore(async (store) => {
      await fill(store);
      await withWebServer(async ({ url, process: { pid } }) => {
        const expected = { ndjson: 500 * ROWS, parquet: 22 * ROWS };
        for (const format of ["ndjson", "parquet"] as const) {
          const response = await fetch(`${url}/export/events?format=${format}`);
          const { bytes, peaks: [first, second] } = await readSlowly(response.body!, pid, expected[format]);
          assert.ok(bytes > expected[format] * 0.8, `${format} has ${bytes} bytes`);
          assert.ok(second - first < GROWTH_MB, `${format}: from ${first} to ${second} MB`);
        }
      }, { CLICKHOUSE_URL: new URL(store.database, store.url).href });
    }),
);
