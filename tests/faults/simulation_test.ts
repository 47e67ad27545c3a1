import { deepEqual, ok, rejects } from "node:assert/strict";
import { AssertionError } from "node:assert";
import type { MinuteChange, Offset } from "@countinghouse/core";
import type { SinkBatch } from "@countinghouse/log";
import { GuardedMinuteStore, type WriteFaults } from "./guarded_minute_store.ts";
import { judge } from "./judgement.ts";
import { TOPICS } from "./simulated_worker.ts";
import { simulate } from "./simulation.ts";

Deno.test("the same seed gives the same run, fault by fault", async () => {
  const [first, again, other] = [await simulate(4), await simulate(4), await simulate(5)];
  ok(first.journal.lines.length > 10);
  deepEqual(again.journal.lines, first.journal.lines);
  deepEqual(again.store.documents, first.store.documents);
  ok(other.journal.lines.join() !== first.journal.lines.join());
});

Deno.test("a store that takes a lower offset is found out", async () => {
  class Unguarded extends GuardedMinuteStore {
    protected override refuses(): boolean {
      return false;
    }
  }
  await isFoundOut(() => new Unguarded());
});

Deno.test("a store that acknowledges what it has not stored yet is found out", async () => {
  class Hasty extends GuardedMinuteStore {
    override write(batch: SinkBatch<MinuteChange>, faults: WriteFaults): Promise<void> {
      void super.write(batch, faults).catch(() => {});
      return Promise.resolve();
    }
  }
  await isFoundOut(() => new Hasty());
});

Deno.test("a dead letter that is missing is found out", async () => {
  const outcome = await simulate(1);
  await judge(outcome);
  outcome.log.removeBelow(TOPICS.deadLetters, 0, 1 as Offset);
  await rejects(judge(outcome), AssertionError);
});

/** Some of ten seeds must not be exact with this store. */
async function isFoundOut(createStore: () => GuardedMinuteStore): Promise<void> {
  for (let seed = 1; seed <= 10; seed++) {
    try {
      await judge(await simulate(seed, createStore));
    } catch (error) {
      ok(error instanceof AssertionError, String(error));
      return;
    }
  }
  ok(false, "ten seeds were exact all the same");
}
