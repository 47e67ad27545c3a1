import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { createKafkaLog, ensureTopics, type HeadedRecord, readRange } from "@countinghouse/log";
import { loadSettings } from "@countinghouse/shared/config";
import { loadEndpoints } from "@countinghouse/shared/endpoints";
import { createLogger } from "@countinghouse/shared/telemetry";
import { textOf } from "./testing/chunks.ts";
import { eventJson } from "./testing/events.ts";

/** Runs `ingest` on a file as a process of its own, with topics of its own, and reads back what is in them. */
async function ingestFile(name: string, content: Uint8Array, ...flags: string[]) {
  const folder = await Deno.makeTempDir();
  const id = crypto.randomUUID();
  const topics = { events: `events-${id}`, deadLetters: `dead-${id}`, partitions: 3, retentionMs: 3_600_000 };
  const endpoints = loadEndpoints(loadSettings());
  const kafka = {
    bootstrapServers: endpoints.kafkaBootstrapServers,
    clientId: "ingest-test",
    logger: createLogger("error"),
  };
  await ensureTopics(kafka, topics);
  const log = createKafkaLog(kafka);
  try {
    await Deno.writeFile(`${folder}/${name}`, content);
    await Deno.writeTextFile(`${folder}/countinghouse.json`, JSON.stringify({ topics }));
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--allow-all", new URL("main.ts", import.meta.url).pathname, name, ...flags],
      cwd: folder,
      env: {
        KAFKA_BOOTSTRAP_SERVERS: endpoints.kafkaBootstrapServers,
        MONGO_URI: endpoints.mongoUri,
        CLICKHOUSE_URL: endpoints.clickhouseUrl,
      },
      stdin: "null",
    }).output();
    const signal = AbortSignal.timeout(60_000);
    const readAll = async (topic: string) => {
      const partitions: HeadedRecord[][] = [];
      for (const range of await log.ranges(topic)) {
        partitions.push(await Array.fromAsync(readRange(log, topic, range, signal)));
      }
      return partitions;
    };
    return {
      code,
      output: textOf(stdout) + textOf(stderr),
      events: await readAll(topics.events),
      letters: await readAll(topics.deadLetters),
    };
  } finally {
    await log.close();
    await Deno.remove(folder, { recursive: true });
  }
}

const USERS = 50;
const GOOD = Array.from(
  { length: 20_000 },
  (_, index) =>
    eventJson({ event_id: `e-${index}`, user_id: `u-${index % USERS}`, page: "/ü", extra: [1.0, null] }),
);
const utf8 = (text: string) => new TextEncoder().encode(text);

/** Each user's events in their order. */
function byUser(events: readonly string[]): Map<string, string[]> {
  return Map.groupBy(events, (event) => JSON.parse(event).user_id as string);
}

function assertStored(partitions: readonly HeadedRecord[][], expected: readonly string[]): void {
  const texts = partitions.map((records) => records.map(({ value }) => textOf(value!)));
  assert.equal(texts.flat().length, expected.length);
  assert.deepEqual(new Set(texts.flat()), new Set(expected));
  const wanted = byUser(expected);
  for (const partition of texts) {
    for (const [user, events] of byUser(partition)) assert.deepEqual(events, wanted.get(user));
  }
}

Deno.test("a zipped file with spoilt lines: all good ones are in Kafka in order, the others among the dead letters", async () => {
  const long = eventJson({ page: "x".repeat(2_000_000) });
  const spoilt = new Map([[3, "spoilt"], [10_000, eventJson({ user_id: "" })], [15_000, long]]);
  const lines = [...GOOD];
  for (const [line, text] of spoilt) lines.splice(line - 1, 0, text);
  const { code, output, events, letters } = await ingestFile("shop.ndjson.gz", gzipSync(lines.join("\n")));
  assert.equal(code, 0, output);
  assert.match(output, /20,000 accepted, 3 refused/);
  assertStored(events, GOOD);

  assert.deepEqual(letters.slice(0, -1).flat(), []);
  const kept = letters.at(-1)!.map(({ value, headers }) => ({ text: textOf(value!), headers }));
  const expected = [["3", "not_json"], ["10000", "empty"], ["15000", "too_large"]] as const;
  assert.equal(kept.length, expected.length);
  expected.forEach(([source_line, code], index) => {
    const { headers } = kept[index]!;
    assert.partialDeepStrictEqual(headers, {
      source_file: "shop.ndjson.gz",
      source_line,
      origin: "ingest",
      code,
    });
  });
  assert.equal(kept[0]!.text, "spoilt");
  assert.equal(kept[1]!.text, eventJson({ user_id: "" }));
  assert.ok(long.startsWith(kept[2]!.text) && kept[2]!.text.length > 1_048_576);
  assert.equal(kept[2]!.headers["value_bytes"], String(long.length));
});

Deno.test("a CSV file: rows become events of the given store, a row that isn't UTF-8 is kept as it was", async () => {
  const header = "event_id,event_type,event_ts,user_id,session_id,page,price,currency,utm.source\r\n";
  const rows = Array.from(
    { length: 500 },
    (_, index) =>
      `e-${index},view_item,2025-11-20T18:00:00Z,u-${index % 9},s,"a\n""${index}""",1.50,EUR,google\r\n`,
  );
  const wrong = new Uint8Array([...utf8("e,view_item,"), 0xff, 0xfe]);
  const content = new Uint8Array([0xef, 0xbb, 0xbf, ...utf8(header + rows.join("")), ...wrong]);
  const { code, output, events, letters } = await ingestFile("shop.csv", content, "--store", "north");
  assert.equal(code, 0, output);
  assertStored(
    events,
    rows.map((_, index) =>
      `{"event_id":"e-${index}","event_type":"view_item","event_ts":"2025-11-20T18:00:00Z","user_id":"u-${
        index % 9
      }",` +
      `"session_id":"s","page":"a\\n\\"${index}\\"","price":1.50,"currency":"EUR","utm":{"source":"google"},` +
      `"store_id":"north"}`
    ),
  );
  const [letter, ...others] = letters.at(-1)!;
  assert.deepEqual(others, []);
  assert.deepEqual(letter!.value, wrong);
  assert.equal(letter!.headers["source_line"], "1002");
  assert.equal(letter!.headers["code"], "not_utf8");
});
