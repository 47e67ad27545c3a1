import { type KpiWindow } from "@countinghouse/core";
import { MINUTE_MS, minuteStart } from "@countinghouse/core/window";
import type { BooksTotal } from "../api/ledger.ts";
import { emptyPoint, type MinutePoint, SHOWN_MINUTES, toPoint } from "./minute_point.ts";

/** How the page hears of changes: not yet, as they happen, not at the moment, or not at all. */
export type Connection = "connecting" | "live" | "reconnecting" | "offline";

/** Everything that the dashboard shows. It travels from the server as JSON and then changes with every event. */
export interface LiveState {
  readonly storeId: string;
  /** BCP 47, as the viewer's browser asked for it. */
  readonly locale: string;
  /** The server's clock. */
  readonly nowMs: number;
  /** The store's reporting currency; null before its first money event. */
  readonly currency: string | null;
  /** Currencies without a rate, which revenue leaves out. */
  readonly unconverted: readonly string[];
  /** The minutes with events of the last hour, ascending. */
  readonly points: readonly MinutePoint[];
  /** The newest minute with events, where it is older than that. */
  readonly newestBeforeMs: number | null;
  readonly books: BooksTotal | null;
  readonly connection: Connection;
  /** When the numbers last changed, or were rendered. */
  readonly updatedMs: number;
  /** Where the event stream goes on behind what is here. */
  readonly position: string;
}

/** The state with a minute that has changed. */
export function withWindow(state: LiveState, window: KpiWindow, nowMs: number): LiveState {
  const point = toPoint(window);
  const { currency, unconverted } = window.metrics;
  const points = state.points.filter(({ startMs }) => startMs !== point.startMs);
  if (window.metrics.events > 0) points.push(point);
  points.sort((a, b) => a.startMs - b.startMs);
  return withTime({
    ...state,
    points,
    currency: currency ?? state.currency,
    unconverted: [...new Set([...state.unconverted, ...unconverted])].sort(),
    updatedMs: nowMs,
  }, nowMs);
}

/** The state at a later time: minutes older than the hour leave it. */
export function withTime(state: LiveState, nowMs: number): LiveState {
  const firstMs = firstShown(nowMs);
  const kept = state.points.filter(({ startMs }) => startMs >= firstMs);
  const left = state.points.length - kept.length;
  return {
    ...state,
    nowMs,
    points: left === 0 ? state.points : kept,
    newestBeforeMs: left === 0 ? state.newestBeforeMs : state.points[left - 1]!.startMs,
  };
}

/** The newest minute with events, or the current one. */
export function newestPoint({ points, nowMs }: LiveState): MinutePoint {
  return points.at(-1) ?? emptyPoint(minuteStart(nowMs));
}

/** Every minute of the hour, ascending, those without events as zeros. */
export function everyMinute({ points, nowMs }: LiveState): MinutePoint[] {
  const byStart = new Map(points.map((point) => [point.startMs, point]));
  const firstMs = firstShown(nowMs);
  const lastMs = Math.max(minuteStart(nowMs), points.at(-1)?.startMs ?? 0);
  const minutes: MinutePoint[] = [];
  for (let at = firstMs; at <= lastMs; at += MINUTE_MS) minutes.push(byStart.get(at) ?? emptyPoint(at));
  return minutes;
}

function firstShown(nowMs: number): number {
  return minuteStart(nowMs) - (SHOWN_MINUTES - 1) * MINUTE_MS;
}
