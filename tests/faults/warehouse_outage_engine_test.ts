import { equal, ok } from "node:assert/strict";
import { countUniqueEvents, createColdStore } from "@countinghouse/cold";
import { startEngines } from "@countinghouse/infra";
import { loadSettings } from "@countinghouse/shared/config";
import { loadEndpoints } from "@countinghouse/shared/endpoints";
import { waitUntil } from "../wait_until.ts";
import { ROOT } from "../workspace_files.ts";
import { enginesFolder } from "./kafka_behind_proxy.ts";
import { piecesOf, randomRecords, recountOf } from "./line_records.ts";
import { residentBytes, watchMemory } from "./resident_memory.ts";
import { withSurroundings } from "./rollup_surroundings.ts";

const EVENTS = 150_000;
/** So many of them come before the outage. */
const FIRST = 5_000;
const AWAY_MS = 10_000;
const MOST_GROWTH_BYTES = 400 * 1024 * 1024;
const MOST_DRIFT_BYTES = 32 * 1024 * 1024;

Deno.test("ClickHouse is away under load: reading stops, memory is bounded, every row is there in the end", async () => {
  const startMs = Date.parse("2026-03-01T10:00:00Z");
  const records = randomRecords({ events: EVENTS, seed: 51, startMs, spanMs: 180_000, repeated: 500 });
  const { counted } = await recountOf(records);
  const [first, rest] = [records.slice(0, FIRST), records.slice(FIRST)];
  const dataDir = await Deno.makeTempDir();
  try {
    await using engines = await startEngines({
      dataDir,
      enginesDir: enginesFolder(),
      only: ["clickhouse"],
      say: () => {},
    });
    const { clickhouseUrl } = engines.endpoints;
    await withSurroundings({ partitions: 1 }, async ({ log, topic, deadLetterTopic }) => {
      const warehouse = new Deno.Command(Deno.execPath(), {
        args: ["run", "--quiet", "--allow-all", `${ROOT}/workers/warehouse/main.ts`],
        env: {
          KAFKA_BOOTSTRAP_SERVERS: loadEndpoints(loadSettings()).kafkaBootstrapServers,
          MONGO_URI: loadEndpoints(loadSettings()).mongoUri,
          CLICKHOUSE_URL: clickhouseUrl,
          EVENTS_TOPIC: topic,
          DEAD_LETTERS_TOPIC: deadLetterTopic,
          PARTITIONS: "1",
        },
        stdin: "null",
        stdout: "null",
        stderr: "null",
      }).spawn();
      const store = createColdStore(clickhouseUrl);
      try {
        await log.append(topic, first);
        const { counted: early } = await recountOf(first);
        await waitUntil("the first rows", 30_000, async () => await countUniqueEvents(store) === early);
        const residentBefore = await residentBytes(warehouse.pid);

        // It hangs at first, and dies in the end.
        engines.kill("clickhouse", "SIGSTOP");
        const watching = watchMemory(warehouse.pid, AWAY_MS);
        for (const piece of piecesOf(rest, 15)) await log.append(topic, piece);
        const [most, later] = await watching;
        engines.kill("clickhouse", "SIGKILL");
        await engines.ready("clickhouse");

        await waitUntil("every row", 60_000, async () => await countUniqueEvents(store) === counted);
        equal(await Promise.race([warehouse.status, "running"]), "running");
        const grownBytes = most - residentBefore;
        ok(grownBytes < MOST_GROWTH_BYTES, `the worker grew by ${grownBytes} bytes`);
        ok(later - most < MOST_DRIFT_BYTES, `the worker went on growing, by ${later - most} bytes`);
      } finally {
        warehouse.kill("SIGKILL");
        await warehouse.status;
        await store.close();
      }
    });
  } finally {
    await Deno.remove(dataDir, { recursive: true });
  }
});
