import assert from "node:assert/strict";
import { MINUTE_MS } from "@countinghouse/core";
import { ColdSink } from "./cold_sink.ts";
import { rowsOf, withColdStore } from "./cold_store_fixture.ts";
import { eraseUser } from "./erase_user.ts";
import { countUserRows, isErasedFrom, readErasedMinutes, usersRecords } from "./erasures.ts";
import { batchOf, record, T0 } from "./log_records_fixture.ts";
import { RowFold } from "./row_fold.ts";

const STORE_ID = "default";
const START_MS = Math.floor(T0 / MINUTE_MS) * MINUTE_MS;

/** An event in the minute of its offset. */
function event(offset: number, user_id: string, event_id = `e${offset}`) {
  const event_ts = new Date(START_MS + offset * MINUTE_MS).toISOString();
  return record(offset, { event_id, user_id, session_id: `s-${user_id}`, event_ts });
}

Deno.test("erased is what lies below the given offsets, and noted are the minutes of all who move up", () =>
  withColdStore(async (store) => {
    const batch = batchOf([
      event(0, "anna", "shared"),
      event(1, "ben"),
      event(2, "ben", "shared"),
      event(3, "carl"),
      event(4, "anna"),
    ]);
    const fold = new RowFold(0, batch.from);
    fold.apply(batch);
    const { through } = fold;
    await new ColdSink(store).write({
      partition: 0,
      through,
      end: batch.end,
      caughtUpMs: undefined,
      change: fold.take(),
    });
    const anna = { storeId: STORE_ID, userId: "anna", below: new Map([[0, 4]]) };
    assert.deepEqual(await countUserRows(store, anna), { rows: 1, minutesMs: [START_MS] });
    const records = [0, 1, 4].map((offset) => ({ partition: 0, offset }));
    const asked = { storeId: STORE_ID, userIds: ["anna", "dora"], records };
    assert.deepEqual((await usersRecords(store, asked)).map(({ offset }) => offset).sort(), [0, 4]);

    assert.equal((await eraseUser(store, STORE_ID, "anna", anna.below)).rows, 1);
    const left = await rowsOf<{ at: number }>(
      store,
      "SELECT toUInt32(offset) AS at FROM events ORDER BY offset",
    );
    assert.deepEqual(left.map(({ at }) => at), [1, 2, 3, 4]);
    const minutes = (await readErasedMinutes(store, STORE_ID, "anna"))
      .map((minuteMs) => (minuteMs - START_MS) / MINUTE_MS);
    assert.deepEqual(minutes, [0, 1, 2, 4], "of both users' sessions, as Ben's event is the first one now");
    const erasedFrom = (minute: number, storeId = STORE_ID) =>
      isErasedFrom(store, storeId, START_MS + minute * MINUTE_MS);
    assert.deepEqual([await erasedFrom(1), await erasedFrom(3), await erasedFrom(1, "nord")], [
      true,
      false,
      false,
    ]);
  }));
