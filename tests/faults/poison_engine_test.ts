import { deepEqual, equal, match } from "node:assert/strict";
import { MAX_RECORD_BYTES, type NewRecord, readRange } from "@countinghouse/log";
import { randomRecords, recountOf } from "./line_records.ts";
import { type Surroundings, withSurroundings } from "./rollup_surroundings.ts";
import { assertEqualToRecount, deadLettersOf } from "./stored_recount.ts";

const HONEST = 20_000;
const ONE_IN = 1_000;
const START_MS = Date.parse("2026-03-01T10:00:00Z");
/** Of a value too long for a dead letter, so much is kept. */
const KEPT_BYTES = 1_900_000;

/** A kind of poison, and how it must be refused. */
interface Poison {
  readonly fields: (serial: number) => string;
  readonly code: string;
  readonly field: string;
  readonly reason: RegExp;
}

const KINDS: readonly Poison[] = [
  {
    fields: (serial) => `{"event_id":"bad-json-${serial}","event_type":`,
    code: "not_json",
    field: "",
    reason: /as JSON/,
  },
  {
    fields: (serial) => JSON.stringify({ ...eventOf(`wrong-type-${serial}`), user_id: serial }),
    code: "wrong_type",
    field: "user_id",
    reason: /user_id .*current value is \d+/,
  },
  {
    fields: (serial) => {
      const empty = JSON.stringify({ ...eventOf(`large-${serial}`), page: "" });
      // A record's own bytes are up to 32, and its key has 9.
      return empty.replace(`"page":""`, `"page":"${"x".repeat(MAX_RECORD_BYTES - 48 - empty.length)}"`);
    },
    code: "too_large",
    field: "",
    reason: /1048576 bytes/,
  },
  {
    fields: (serial) => {
      const event = JSON.stringify(eventOf(`deep-${serial}`)).slice(0, -1);
      return `${event},"extra":${"[".repeat(1_000)}${"]".repeat(1_000)}}`;
    },
    code: "too_deep",
    field: "",
    reason: /64 nested levels/,
  },
];

Deno.test("one poison record in 1,000: dead letters are exact, nothing lags behind, nothing restarts", async () => {
  const records = withPoison(
    randomRecords({ events: HONEST, seed: 7, startMs: START_MS, spanMs: 300_000, repeated: 500 }),
  );
  await withSurroundings({ partitions: 3 }, async (surroundings) => {
    const worker = surroundings.start("a");
    await surroundings.log.append(surroundings.topic, records.map(({ record }) => record));
    const recount = await recountOf(records.map(({ record }) => record));
    equal(recount.refused.length, HONEST / ONE_IN);

    await assertEqualToRecount(surroundings, recount, 60_000);

    const letters = await deadLettersOf(surroundings);
    const expected = await poisonInTheLog(surroundings, records);
    deepEqual(
      letters.map(({ source, refusal: { code, field }, value, valueBytes }) => ({
        ...source,
        code,
        field,
        value: textOf(value),
        valueBytes,
      })),
      expected.map(({ topic, partition, offset, text, poison: { code, field } }) => ({
        topic,
        partition,
        offset,
        code,
        field,
        value: text.slice(0, KEPT_BYTES),
        valueBytes: text.length > KEPT_BYTES ? text.length : undefined,
      })),
    );
    letters.forEach(({ refusal }, at) => match(refusal.reason, expected[at]!.poison.reason));
    const kept = (await surroundings.log.ranges(surroundings.deadLetterTopic))
      .reduce((sum, { start, end }) => sum + end - start, 0);
    equal(kept, letters.length, "a dead letter was written twice");
    equal(worker.readings().length, 3, `a partition was read anew:\n${worker.lines().join("\n")}`);
    equal(await Promise.race([worker.ended, "running"]), "running");
  });
});

interface MixedRecord {
  readonly record: NewRecord;
  readonly poison?: Poison;
}

/** Honest records with a poisonous one in front of every thousandth, the kinds in turn. */
function withPoison(honest: readonly NewRecord[]): MixedRecord[] {
  return honest.flatMap((record, at) => {
    if (at % ONE_IN !== 0 || at >= HONEST) return [{ record }];
    const serial = at / ONE_IN;
    const poison = KINDS[serial % KINDS.length]!;
    const value = new TextEncoder().encode(poison.fields(serial));
    return [{ record: { key: null, value }, poison }, { record }];
  });
}

/** Where the poison lies, as the log itself tells it. */
async function poisonInTheLog({ log, topic }: Surroundings, records: readonly MixedRecord[]) {
  const kinds = new Map(
    records.flatMap(({ record, poison }) => poison === undefined ? [] : [[textOf(record.value), poison]]),
  );
  const found = [];
  for (const range of await log.ranges(topic)) {
    for await (const { offset, value } of readRange(log, topic, range, AbortSignal.timeout(30_000))) {
      const text = textOf(value);
      const poison = kinds.get(text);
      if (poison !== undefined) found.push({ topic, partition: range.partition, offset, text, poison });
    }
  }
  return found;
}

function eventOf(id: string) {
  return {
    event_id: id,
    event_type: "page_view",
    event_ts: new Date(START_MS).toISOString(),
    user_id: "mallory",
    session_id: "1",
  };
}

function textOf(bytes: Uint8Array | null): string {
  return new TextDecoder().decode(bytes ?? new Uint8Array());
}
