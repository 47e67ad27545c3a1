import { type CurrencyCode, emptyRollup, merge, type MinorUnits, type Rollup } from "@countinghouse/core";

/** A busy minute of one partition: all counters in use, three currencies, latencies from 1 ms to 10 s. */
function busyMinute(seed: number): Rollup {
  const { counts, latency } = emptyRollup();
  for (let at = 0; at < 1_000; at++) latency.record((at * 7_919 + seed) % 10_000);
  const totals = { gross: 1_999 as MinorUnits, refunds: 250 as MinorUnits };
  return {
    counts: { ...counts, events: 1_000, page_views: 600, purchases: 30, sessions: 200, users: 180 },
    money: new Map(["EUR", "USD", "GBP"].map((currency) => [currency as CurrencyCode, totals])),
    latency,
  };
}

const day = Array.from({ length: 1_440 }, (_, minute) => busyMinute(minute));
const partitions = day.slice(0, 4);

Deno.bench("merge of the 4 partitions of a minute", { group: "merge", baseline: true }, () => {
  partitions.reduce(merge);
});

Deno.bench("merge of the 1,440 minutes of a day", { group: "merge" }, () => {
  day.reduce(merge);
});
