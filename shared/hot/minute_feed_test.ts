import assert from "node:assert/strict";
import { type ChangeStreamOptions, type Db, MongoNetworkError, MongoServerError } from "mongodb";
import { minuteStart } from "@countinghouse/core";
import type { MinuteDocument } from "./documents.ts";
import { startMinuteFeed } from "./minute_feed.ts";
import { minuteDocument, TEST_RULES } from "./minute_fixture.ts";

const NOW = minuteStart(Date.parse("2026-03-01T12:00:00Z"));
const PRESENT = { _data: "now" };
const BEHIND_CHANGE = { _data: "behind the first change" };
const document = (events: number, through: number) =>
  minuteDocument({ minuteMs: NOW, through, counts: { events } });

/**
 * A database whose change stream delivers one change and then fails. What is written meanwhile is seen by who reads
 * the collection anew; the second stream delivers nothing and stays open.
 */
function failingDatabase(failure: Error, meanwhile: MinuteDocument) {
  const opened: unknown[] = [];
  const open = Promise.withResolvers<void>();
  let stored: MinuteDocument[] = [];
  const found = (documents: unknown[]) => {
    const cursor = {
      sort: () => cursor,
      toArray: () => Promise.resolve(documents),
      async *[Symbol.asyncIterator]() {
        yield* documents;
      },
    };
    return cursor;
  };
  const db = {
    collection: (name: string) => ({ find: () => found(name === "minutes" ? stored : []) }),
    watch(_pipeline: unknown, options: ChangeStreamOptions) {
      const isFirst = options.startAfter !== undefined && opened.push(options.startAfter) === 1;
      return {
        resumeToken: options.startAfter === undefined ? PRESENT : BEHIND_CHANGE,
        tryNext: () => Promise.resolve(null),
        async *[Symbol.asyncIterator]() {
          if (isFirst) {
            yield { operationType: "insert", ns: { coll: "minutes" }, fullDocument: document(1, 1) };
            stored = [meanwhile];
            throw failure;
          }
          await open.promise;
        },
        close: () => Promise.resolve(open.resolve()),
      };
    },
  };
  return { db: db as unknown as Db, opened };
}

async function eventsUntil(last: number, db: Db): Promise<number[]> {
  const events: number[] = [];
  const seen = Promise.withResolvers<void>();
  const feed = startMinuteFeed(db, { rules: TEST_RULES, now: () => NOW, coalesceMs: 1 });
  feed.subscribe(({ metrics }) => {
    events.push(metrics.events);
    if (metrics.events === last) seen.resolve();
  });
  await seen.promise;
  await feed.close();
  return events;
}

Deno.test("a token that the server refuses is let go, and the minutes are read anew", async () => {
  const refused = new MongoServerError({ message: "resume point may no longer be in the oplog", code: 286 });
  const { db, opened } = failingDatabase(refused, document(5, 5));
  assert.equal((await eventsUntil(5, db)).at(-1), 5);
  assert.deepEqual(opened, [PRESENT, PRESENT]);
});

Deno.test("after a lost connection the stream goes on behind its last change", async () => {
  const { db, opened } = failingDatabase(new MongoNetworkError("connection reset"), document(5, 5));
  const feed = startMinuteFeed(db, { rules: TEST_RULES, now: () => NOW });
  while (opened.length < 2) await new Promise((resolve) => setTimeout(resolve, 5));
  await feed.close();
  assert.deepEqual(opened, [PRESENT, BEHIND_CHANGE]);
});
