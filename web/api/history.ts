import type { ColdProgress, EventFilter, WindowsAsked } from "@countinghouse/cold";
import {
  emptyRollup,
  type KpiWindow,
  kpiWindow,
  MINUTE_MS,
  minuteStart,
  type Rollup,
} from "@countinghouse/core";
import {
  type MinuteReader,
  newestProcessingTime,
  type WindowContext,
  type WindowRules,
} from "@countinghouse/hot";
import type { CalendarWindow, Step } from "./history_windows.ts";

/** What a request for history is about. */
export interface HistoryAsked {
  readonly storeId: string;
  readonly step: Step;
  /** Ascending, without gaps. */
  readonly windows: readonly CalendarWindow[];
  /** Only these events. */
  readonly filter: EventFilter;
  /** Answer windows without events too, as zeros. */
  readonly fill: boolean;
}

/** A window of history, with the store that answered. */
export type HistoryWindow = KpiWindow & { readonly source: "hot" | "warehouse" };

/** What history is read from. */
export interface HistorySources {
  readonly hot: Pick<MinuteReader, "windows">;
  /** The windows of the warehouse that have events, by their start. */
  readonly cold: (asked: WindowsAsked) => Promise<ReadonlyMap<number, Rollup>>;
  readonly coldProgress: (nowMs: number) => Promise<ReadonlyMap<number, ColdProgress>>;
  readonly context: (storeId: string) => Promise<WindowContext>;
  readonly rules: WindowRules;
  readonly hotRetentionMs: number;
}

/** Answers history from whichever store has it. */
export type ReadHistory = (asked: HistoryAsked, nowMs: number) => Promise<HistoryWindow[]>;

/** Clocks of shops may be wrong by so much, and of servers too, before a minute is where it should be. */
const RETENTION_MARGIN_MS = 15 * MINUTE_MS;
/** By so much the clocks of workers and brokers may differ. */
const CLOCK_DIFFERENCE_MS = 2_000;

/**
 * Reads minutes of all events from the hot store, as far back as that keeps them whole, and everything else from the
 * warehouse. Where a range lies on both sides, each minute comes from one of them.
 */
export function createHistory(sources: HistorySources): ReadHistory {
  return async (asked, nowMs) => {
    const hotFromMs = firstHotMinute(asked, nowMs - sources.hotRetentionMs + RETENTION_MARGIN_MS);
    const [old, young] = await Promise.all([
      readCold(
        sources,
        { ...asked, windows: asked.windows.filter(({ fromMs }) => fromMs < hotFromMs) },
        nowMs,
      ),
      readHot(sources, { ...asked, windows: asked.windows.filter(({ fromMs }) => fromMs >= hotFromMs) }),
    ]);
    return [...old, ...young];
  };
}

/** From where on the hot store answers: never, but for minutes of all events. */
function firstHotMinute({ step, filter }: HistoryAsked, keptFromMs: number): number {
  return step === "1m" && Object.keys(filter).length === 0 ? minuteStart(keptFromMs) : Infinity;
}

async function readHot(
  { hot }: HistorySources,
  { storeId, windows, fill }: HistoryAsked,
): Promise<HistoryWindow[]> {
  const [first, last] = [windows[0], windows.at(-1)];
  if (first === undefined || last === undefined) return [];
  const found = await hot.windows({ storeId, startMs: first.fromMs, endMs: last.toMs, fill });
  return found.map((window) => ({ ...window, source: "hot" }));
}

async function readCold(
  { cold, coldProgress, context, rules }: HistorySources,
  { storeId, windows, filter, fill }: HistoryAsked,
  nowMs: number,
): Promise<HistoryWindow[]> {
  if (windows.length === 0) return [];
  // How far all is has to be known before the figures are read: they are then at least as complete.
  const known = await context(storeId);
  const completeMs = completeBefore(known, await coldProgress(nowMs), rules);
  const rollups = await cold({ storeId, windows, filter });
  return windows.filter(({ fromMs }) => fill || rollups.has(fromMs)).map(({ fromMs, toMs }) => {
    const rollup = rollups.get(fromMs) ?? emptyRollup();
    const complete = rollup.counts.late_events > 0 ? "restated" : "final";
    const window = kpiWindow(rollup, {
      storeId,
      startMs: fromMs,
      endMs: toMs,
      status: toMs <= completeMs ? complete : "provisional",
      currency: known.currency,
      convert: rules.convert,
      processingTimeMs: newestProcessingTime(known.partitions),
    });
    return { ...window, source: "warehouse" };
  });
}

/**
 * Windows that end by this time are complete in the warehouse: of every partition it holds an event that closes them,
 * or all that there was when the partition's rollup worker was done with them.
 */
export function completeBefore(
  { partitions }: Pick<WindowContext, "partitions">,
  progress: ReadonlyMap<number, ColdProgress>,
  { allowedLatenessMs }: Pick<WindowRules, "allowedLatenessMs">,
): number {
  if (partitions.length === 0) return -Infinity;
  return Math.min(...partitions.map(({ _id, watermark, caught_up, ledger }) => {
    const { held, closedBeforeMs } = progress.get(_id) ?? { held: 0, closedBeforeMs: 0 };
    if (held < ledger.counted + ledger.duplicates) return closedBeforeMs;
    const readThroughMs = (caught_up?.getTime() ?? -Infinity) - allowedLatenessMs - CLOCK_DIFFERENCE_MS;
    return Math.max(closedBeforeMs, watermark?.getTime() ?? -Infinity, readThroughMs);
  }));
}
