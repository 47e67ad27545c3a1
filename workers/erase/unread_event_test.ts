import assert from "node:assert/strict";
import { MemoryLog } from "@countinghouse/log";
import { findUnreadEvent } from "./unread_event.ts";

const TOPIC = "events";
const ANNA = { storeId: "default", userIds: ["anna", "pseudonym-of-anna"] };
const signal = new AbortController().signal;

async function logOf(...values: readonly (object | string)[]): Promise<MemoryLog> {
  const log = new MemoryLog({ partitions: 2 });
  await log.append(
    TOPIC,
    values.map((value) => ({
      key: null,
      value: new TextEncoder().encode(typeof value === "string" ? value : JSON.stringify(value)),
      partition: 1,
    })),
  );
  return log;
}

function eventOf(user_id: string, rest: object = {}) {
  return {
    event_id: "e",
    event_type: "page_view",
    event_ts: "2026-03-01T12:00:00Z",
    session_id: "s",
    user_id,
    ...rest,
  };
}

Deno.test("the user's first event that a store has not read is found, under any of their ids", async () => {
  const log = await logOf(eventOf("ben"), eventOf("anna"), eventOf("pseudonym-of-anna"));
  assert.deepEqual(await findUnreadEvent(log, TOPIC, ANNA, new Map(), signal), { partition: 1, offset: 1 });
  assert.deepEqual(await findUnreadEvent(log, TOPIC, ANNA, new Map([[1, 2]]), signal), {
    partition: 1,
    offset: 2,
  });
  assert.equal(await findUnreadEvent(log, TOPIC, ANNA, new Map([[1, 3]]), signal), undefined);
});

Deno.test("other users, other stores and what was refused are none of it", async () => {
  const log = await logOf(eventOf("ben"), eventOf("anna", { store_id: "nord" }), "anna", eventOf(""));
  assert.equal(await findUnreadEvent(log, TOPIC, ANNA, new Map(), signal), undefined);
});
