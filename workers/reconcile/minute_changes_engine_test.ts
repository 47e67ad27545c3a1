import assert from "node:assert/strict";
import { MINUTE_MS, minuteStart } from "@countinghouse/core";
import { CheckStore } from "./check_store.ts";
import { followMinuteChanges } from "./minute_changes.ts";
import { until, withReconciledShop } from "./testing/reconciled_shop.ts";

const startMs = minuteStart(Date.now() - 60 * MINUTE_MS);

Deno.test("who takes a minute's check away has it compared anew; a check that is written tells nothing", () =>
  withReconciledShop({ startMs }, async ({ hot: { database } }) => {
    const told: number[] = [];
    let isConnected = false;
    const stop = new AbortController();
    const following = followMinuteChanges(database, {
      onConnected: () => isConnected = true,
      onChange: (minuteMs) => told.push(minuteMs),
    }, stop.signal);
    await until("the changes are followed", () => Promise.resolve(isConnected));
    const checks = new CheckStore(database);
    const minutes = [0, 1].map((at) => ({ storeId: "default", minuteMs: startMs + at * MINUTE_MS }));
    const at = new Date(startMs);
    await checks.write(minutes.map(({ storeId, minuteMs }) => ({
      _id: `${new Date(minuteMs).toISOString()}/${storeId}`,
      store: storeId,
      minute: new Date(minuteMs),
      digest: "",
      through: {},
      warehouse: "equal",
      lake: "equal",
      checked: at,
      touched: new Date(),
    })));
    await checks.forget(minutes.slice(1));
    await until("the change is told", () => Promise.resolve(told.length > 0));
    assert.deepEqual(told, [startMs + MINUTE_MS]);
    stop.abort();
    await following;
  }));
