import assert from "node:assert/strict";
import { type ReceiptFacts, receiptOf, receiptText } from "./receipt.ts";

const DAY_MS = 86_400_000;
const FACTS: ReceiptFacts = {
  storeId: "nord",
  userId: "anna",
  atMs: Date.parse("2026-03-01T12:00:00Z"),
  dryRun: false,
  erased: {
    warehouse: { rows: 44, minutes: 12 },
    lake: { rows: 45, files: 3 },
    hot: { eventIds: 2, minutes: 11, restated: 9, waiting: 1 },
  },
  topics: new Map([["events", 14 * DAY_MS], ["events.dead-letter", undefined]]),
  hotRetentionMs: 7 * DAY_MS,
};

Deno.test("the receipt names no user, but a hash that whoever knows the id can check", () => {
  const receipt = receiptOf(FACTS);
  assert.equal(receipt.user_sha256, "55579b557896d0ce1764c47fed644f9b35f58bad620674af23f356d80ed0c503");
  assert.doesNotMatch(JSON.stringify(receipt) + receiptText(receipt), /anna/);
});

Deno.test("it says what remains, and until when", () => {
  const { remains } = receiptOf(FACTS);
  assert.deepEqual(remains.map(({ until }) => until), [
    "2026-03-15T12:00:00.000Z",
    null,
    "2026-03-08T12:00:00.000Z",
    null,
  ]);
  assert.match(receiptText(receiptOf(FACTS)), /Kafka, topic events\.dead-letter: until you delete it/);
});

Deno.test("for a person it says what was erased in each store, or would be", () => {
  const text = receiptText(receiptOf(FACTS));
  assert.match(text, /^Erased a user of store nord at 2026-03-01T12:00:00\.000Z\n/);
  assert.match(text, /ClickHouse {2}44 rows, in 12 minutes\n {2}Parquet {5}45 rows, in 3 files\n/);
  assert.match(text, /MongoDB {5}11 minutes, 9 of them restated, 1 will be when they are final; 2 event ids/);
  const hot = { ...FACTS.erased.hot, restated: 0, waiting: 0 };
  const dryRun = receiptText(receiptOf({ ...FACTS, dryRun: true, erased: { ...FACTS.erased, hot } }));
  assert.match(dryRun, /^Would erase .*\n(.*\n)*.*MongoDB {5}11 minutes to restate;/);
});
