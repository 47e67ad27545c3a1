import { deepEqual, equal, ok } from "node:assert/strict";
import { Buffer } from "node:buffer";
import { MinuteFold, type Offset, START } from "@countinghouse/core";
import { type KeptDeadLetter, listDeadLetters } from "@countinghouse/log";
import type { CohortDocument, MinuteDocument } from "@countinghouse/hot";
import { GuardedMinuteStore } from "./guarded_minute_store.ts";
import { type LogRecount, recountLog } from "./log_recount.ts";
import { TOPICS } from "./simulated_worker.ts";
import type { Outcome } from "./simulation.ts";
import { RULES } from "./worker_settings.ts";

/**
 * Judges what a simulated run left behind: the documents are those of a run in one go, to the byte; the minutes and
 * the books are those of a naive recount of the log; the dead letters are what the recount refuses.
 *
 * @throws {AssertionError} with the first thing that is wrong.
 */
export async function judge(outcome: Outcome): Promise<void> {
  deepEqual(outcome.store.violations, []);
  sameAsUndisturbed(outcome.store, await undisturbed(outcome));
  const recounts = outcome.records.map((records, partition) => recountLog(partition, records, RULES));
  recounts.forEach((recount, partition) => sameAsRecount(outcome.store, partition, recount));
  await sameDeadLetters(outcome, recounts);
}

/** What a run without a fault stores: all records in one batch, one write. */
async function undisturbed({ records }: Outcome): Promise<GuardedMinuteStore> {
  const store = new GuardedMinuteStore();
  for (const [partition, all] of records.entries()) {
    const end = all.length as Offset;
    const fold = new MinuteFold(partition, RULES);
    const batch = { partition, records: all, from: START, through: end, end };
    equal(fold.needs(batch).length > 0, true, "the stream holds no late event");
    fold.apply(batch);
    const noFaults = { pass: () => Promise.resolve(), onStale: () => {} };
    await store.write({ partition, through: end, end, change: fold.take(true) }, noFaults);
  }
  return store;
}

function sameAsUndisturbed(found: GuardedMinuteStore, expected: GuardedMinuteStore): void {
  sameKeys(found.documents.keys(), expected.documents.keys());
  const differing = [...expected.documents].filter(([key, { bytes }]) =>
    Buffer.compare(found.documents.get(key)!.bytes, bytes) !== 0
  ).map(([key]) => key);
  for (const key of differing) deepEqual([key, found.document(key)], [key, expected.document(key)]);
  deepEqual(differing, []);
  deepEqual(found.books, expected.books);
  deepEqual(found.firstMoney, expected.firstMoney);
}

function sameKeys(found: Iterable<string>, expected: Iterable<string>): void {
  const [there, wanted] = [new Set(found), new Set(expected)];
  deepEqual({ missing: wanted.difference(there), surplus: there.difference(wanted) }, {
    missing: new Set(),
    surplus: new Set(),
  });
}

function sameAsRecount(store: GuardedMinuteStore, partition: number, { minutes, books }: LogRecount): void {
  const keysOf = (kind: string) =>
    [...store.documents.keys()].filter((key) =>
      key.startsWith(`${kind}/`) && key.split("/")[2] === `${partition}`
    );
  sameKeys(keysOf("minute"), [...minutes.keys()].map((id) => `minute/${id}`));
  for (const [id, expected] of minutes) {
    const found = store.document(`minute/${id}`) as MinuteDocument;
    const { counts, money, restatements, first_append, last_append, closed } = found;
    deepEqual([id, { counts, money, restatements, first_append, last_append, closed }], [id, expected]);
  }
  deepEqual(store.books.get(partition)?.ledger, books);
  const cohorts = keysOf("cohort").map((key) => store.document(key) as CohortDocument);
  const sum = (figure: (cohort: CohortDocument) => number) =>
    cohorts.reduce((total, cohort) => total + figure(cohort), 0);
  equal(sum(({ events }) => events), books.counted, "the sessions do not hold every event once");
  equal(sum(({ started }) => started), sum(({ lastSeen }) => lastSeen), "a session ended that never began");
}

async function sameDeadLetters({ log, records }: Outcome, recounts: readonly LogRecount[]): Promise<void> {
  const listed = await Array.fromAsync(
    listDeadLetters(log, TOPICS.deadLetters, new AbortController().signal),
  );
  const found = listed.map(({ source, refusal, key, value }: KeptDeadLetter) => ({
    partition: source?.partition,
    offset: source?.offset as number | undefined,
    field: refusal.field,
    key,
    value,
  }));
  const expected = recounts.flatMap(({ refused }, partition) =>
    refused.map(({ offset, field }) => {
      const { key, value } = records[partition]![offset]!;
      return { partition, offset, field, key, value };
    })
  );
  deepEqual(found, expected);
  ok(listed.every(({ source, origin }) => source?.topic === TOPICS.events && origin === "rollup"));
}
