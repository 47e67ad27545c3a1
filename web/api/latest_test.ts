import assert from "node:assert/strict";
import { kpiMinute } from "../kpi_fixture.ts";
import type { HistoryAsked } from "./history.ts";
import { createLatest } from "./latest.ts";

const NOW = Date.parse("2026-03-01T12:00:30Z");
const MINUTE = Date.parse("2025-03-01T09:00:00Z");

function latestOf({ hotEvents, coldMinute }: { hotEvents: number; coldMinute: number | undefined }) {
  const asked: HistoryAsked[] = [];
  const read = createLatest({
    hot: {
      latest: (storeId) =>
        Promise.resolve(kpiMinute({ startMs: NOW - 30_000, storeId, counts: { events: hotEvents } })),
    },
    history: (what) => {
      asked.push(what);
      const window = kpiMinute({ startMs: what.windows[0]!.fromMs, counts: { events: 7 } });
      return Promise.resolve([{ ...window, source: "warehouse" }]);
    },
    newestColdMinute: () => Promise.resolve(coldMinute),
  });
  return { latest: () => read("default", NOW), asked };
}

Deno.test("the newest minute is the hot store's, and the warehouse is not asked", async () => {
  const { latest, asked } = latestOf({ hotEvents: 3, coldMinute: MINUTE });
  assert.equal((await latest()).metrics.events, 3);
  assert.deepEqual(asked, []);
});

Deno.test("a store that has history only is answered by the warehouse", async () => {
  const { latest } = latestOf({ hotEvents: 0, coldMinute: MINUTE });
  const { window_start, metrics } = await latest();
  assert.deepEqual([window_start, metrics.events], ["2025-03-01T09:00:00.000Z", 7]);
});

Deno.test("a store that nobody has heard of has the current minute, with zeros", async () => {
  const { latest } = latestOf({ hotEvents: 0, coldMinute: undefined });
  const { window_start, metrics } = await latest();
  assert.deepEqual([window_start, metrics.events], ["2026-03-01T12:00:00.000Z", 0]);
});
