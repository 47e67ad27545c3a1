import { type ColdStore, readColdMinutes, readColdWindows, readHeads } from "@countinghouse/cold";
import { MINUTE_MS } from "@countinghouse/core";
import { factsOf, type MinuteFacts } from "./minute_facts.ts";
import type { MinuteRange, MinuteSource } from "./minute_source.ts";

/** The warehouse, which leaves out duplicates of any age. */
export class WarehouseSource implements MinuteSource {
  readonly #cold: ColdStore;
  readonly #sessionTimeoutMs: number;

  constructor(cold: ColdStore, sessionTimeoutMs: number) {
    this.#cold = cold;
    this.#sessionTimeoutMs = sessionTimeoutMs;
  }

  positions(): Promise<ReadonlyMap<number, number>> {
    return readHeads(this.#cold);
  }

  async minutes(range: MinuteRange): Promise<ReadonlyMap<number, MinuteFacts>> {
    if (range.withFunnel) {
      const found = await readColdMinutes(this.#cold, range, { sessionTimeoutMs: this.#sessionTimeoutMs });
      return new Map([...found].map(([minuteMs, { rollup, cohort }]) => [minuteMs, factsOf(rollup, cohort)]));
    }
    const { storeId, fromMs, toMs } = range;
    const windows = Array.from({ length: (toMs - fromMs) / MINUTE_MS }, (_, at) => {
      const startMs = fromMs + at * MINUTE_MS;
      return { fromMs: startMs, toMs: startMs + MINUTE_MS };
    });
    const found = await readColdWindows(this.#cold, { storeId, windows });
    return new Map([...found].map(([minuteMs, rollup]) => [minuteMs, factsOf(rollup)]));
  }
}
