/** Which documents a replay is about. */
export interface Scope {
  /** Minutes that start in [fromMs, toMs). */
  readonly fromMs: number;
  readonly toMs: number;
  /** Of this store only. */
  readonly store?: string;
}

/** The last millisecond that a four-digit year has, behind every minute. */
const END_OF_TIME_MS = Date.parse("9999-12-31T23:59:59.999Z");

/** Every document. */
export const EVERYTHING: Scope = { fromMs: 0, toMs: END_OF_TIME_MS };

/** Whether a document is meant. */
export function includes({ fromMs, toMs, store }: Scope, of: { minuteMs: number; store: string }): boolean {
  return of.minuteMs >= fromMs && of.minuteMs < toMs && (store === undefined || of.store === store);
}
