import assert from "node:assert/strict";
import { decodeEvent, partitionKey } from "@countinghouse/core";
import { type HeadedRecord, type KeptDeadLetter, MemoryLog, readRange } from "@countinghouse/log";
import { letterId } from "./letter_id.ts";
import { type Outcome, redrive, REDRIVEN_HEADER, type RedriveOptions } from "./redrive.ts";
import { CLAIM_MS } from "./redrive_book.ts";
import { each, eventJson, letter } from "./testing/letters.ts";
import { MemoryRedriveBook } from "./testing/memory_redrive_book.ts";

const TOPIC = "events";
const never = new AbortController().signal;

/** Redrives letters and answers what became of each, by id. */
async function run(
  letters: readonly KeptDeadLetter[],
  options: Pick<RedriveOptions, "log" | "book"> & Partial<RedriveOptions>,
): Promise<Record<string, Outcome["kind"]>> {
  const outcomes: Record<string, Outcome["kind"]> = {};
  const tell = ({ at }: KeptDeadLetter, { kind }: Outcome) => void (outcomes[letterId(at)] = kind);
  await redrive(each(letters), { topic: TOPIC, dryRun: false, tell, ...options }, never);
  return outcomes;
}

async function inLog(log: MemoryLog): Promise<HeadedRecord[]> {
  const records = [];
  for (const range of await log.ranges(TOPIC)) {
    for await (const record of readRange(log, TOPIC, range, never)) records.push(record);
  }
  return records;
}

function fixture() {
  return { log: new MemoryLog({ partitions: 2 }), book: new MemoryRedriveBook() };
}

const good = letter(0, eventJson("e0"));
const bad = letter(1, '{"event_id":');

Deno.test("what is an event now is appended under its key and says which letter it was; the rest is left", async () => {
  const { log, book } = fixture();
  assert.deepEqual(await run([good, bad], { log, book }), { "0:0": "sent", "0:1": "refused" });
  const [record, ...others] = await inLog(log);
  assert.deepEqual(others, []);
  assert.deepEqual(record?.value, good.value);
  assert.deepEqual(record?.key, partitionKey("default", "u-e0"));
  assert.deepEqual(record?.headers, { [REDRIVEN_HEADER]: "0:0" });
});

Deno.test("a letter is sent once, however often it is redriven", async () => {
  const { log, book } = fixture();
  await run([good], { log, book });
  book.nowMs += 10 * CLAIM_MS;
  assert.deepEqual(await run([good], { log, book }), { "0:0": "sent_before" });
  assert.equal((await inLog(log)).length, 1);
});

Deno.test("two runs at a time send every letter once", async () => {
  const { log, book } = fixture();
  const letters = Array.from({ length: 350 }, (_, at) => letter(at, eventJson(`e${at}`)));
  const [first, second] = await Promise.all([run(letters, { log, book }), run(letters, { log, book })]);
  const sentBy = (outcomes: typeof first) => Object.values(outcomes).filter((kind) => kind === "sent").length;
  assert.equal(sentBy(first) + sentBy(second), letters.length);
  assert.equal((await inLog(log)).length, letters.length);
});

Deno.test("a run that died before it appended is made up for, after its claim has run out", async () => {
  const { log, book } = fixture();
  await book.claim([{ letter: "0:0", eventId: "e0", edited: false, ends: [] }]);
  assert.deepEqual(await run([good], { log, book }), { "0:0": "busy" });
  book.nowMs += CLAIM_MS;
  assert.deepEqual(await run([good], { log, book }), { "0:0": "sent" });
  assert.equal((await inLog(log)).length, 1);
});

Deno.test("a run that died after it appended is found in the log, and not repeated", async () => {
  const { log, book } = fixture();
  const dying = { ...fixture().book, claim: book.claim.bind(book), states: book.states.bind(book) };
  const confirm = () => Promise.reject(new Error("the process was killed"));
  await assert.rejects(run([good], { log, book: { ...dying, confirm } }), /killed/);
  book.nowMs += CLAIM_MS;
  assert.deepEqual(await run([good], { log, book }), { "0:0": "sent" });
  assert.equal((await inLog(log)).length, 1);
  assert.deepEqual(await book.states(), new Map([["0:0", "sent"]]));
});

Deno.test("where the log no longer tells, the letter is left rather than counted twice", async () => {
  const { log, book } = fixture();
  await book.claim([{ letter: "0:0", eventId: "e0", edited: false, ends: [] }]);
  book.nowMs += CLAIM_MS;
  const partition = 0;
  await log.append(TOPIC, [{ key: null, value: null, partition }, { key: null, value: null, partition }]);
  log.removeBelow(TOPIC, partition, 1 as never);
  assert.deepEqual(await run([good], { log, book }), { "0:0": "unknown" });
});

Deno.test("whatever appends are lost or only seem so, in the end every letter is in the log once", async () => {
  for (let seed = 1; seed <= 50; seed++) {
    let state = seed;
    const random = () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
    const faults = { appendLost: 0.4, appendUnacknowledged: 0.4 };
    const log = new MemoryLog({ partitions: 2, random, faults });
    const book = new MemoryRedriveBook();
    const letters = Array.from({ length: 250 }, (_, at) => letter(at, eventJson(`e${at}`)));
    let failures = 0;
    for (let isDone = false; !isDone;) {
      try {
        await run(letters, { log, book });
        isDone = true;
      } catch {
        failures++;
        book.nowMs += CLAIM_MS;
      }
    }
    const ids = (await inLog(log)).map(({ value }) => decodeEvent(value)).flatMap((decoded) =>
      decoded.ok ? [decoded.value.eventId] : []
    );
    assert.deepEqual(
      ids.sort(),
      letters.map((_, at) => `e${at}`).sort(),
      `seed ${seed}, ${failures} failures`,
    );
  }
});

Deno.test("edited bytes take the place of the letter's", async () => {
  const { log, book } = fixture();
  const edit = new TextEncoder().encode(eventJson("mended", { user_id: "anna" }));
  assert.deepEqual(await run([bad], { log, book, edit }), { "0:1": "sent" });
  const [record] = await inLog(log);
  assert.deepEqual(record?.value, edit);
  assert.deepEqual(record?.key, partitionKey("default", "anna"));
});

Deno.test("a letter of which only the beginning was kept is left, unless it is edited", async () => {
  const { log, book } = fixture();
  const cut = letter(2, eventJson("e2"), { valueBytes: 5_000_000 });
  assert.deepEqual(await run([cut], { log, book }), { "0:2": "cut" });
  const edit = new TextEncoder().encode(eventJson("e2"));
  assert.deepEqual(await run([cut], { log, book, edit }), { "0:2": "sent" });
});

Deno.test("an event for a store that its sender may not send to is left, unless it is edited", async () => {
  const { log, book } = fixture();
  const refusal = {
    code: "wrong_store",
    field: "store_id",
    reason: "Cannot take an event for this store",
  } as const;
  const stray = letter(3, eventJson("e3"), { refusal });
  assert.deepEqual(await run([stray], { log, book }), { "0:3": "refused" });
  const edit = new TextEncoder().encode(eventJson("e3"));
  assert.deepEqual(await run([stray], { log, book, edit }), { "0:3": "sent" });
});

Deno.test("a dry run says the same and sends nothing", async () => {
  const { log, book } = fixture();
  const kinds = { "0:0": "sent", "0:1": "refused" };
  assert.deepEqual(await run([good, bad], { log, book, dryRun: true }), kinds);
  assert.deepEqual([await inLog(log), await book.states()], [[], new Map()]);
  await run([good], { log, book });
  assert.deepEqual(await run([good], { log, book, dryRun: true }), { "0:0": "sent_before" });
});
