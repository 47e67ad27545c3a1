import type { MinuteFacts } from "./minute_facts.ts";

/** Minutes of one shop, half-open, in milliseconds. */
export interface MinuteRange {
  readonly storeId: string;
  readonly fromMs: number;
  readonly toMs: number;
  /** Whether the sessions that began in them are asked for: they are dear, since those can last a day. */
  readonly withFunnel: boolean;
}

/** A store of data that can say what it holds of minutes. */
export interface MinuteSource {
  /** Behind the last record of each partition that it holds. */
  positions(): Promise<ReadonlyMap<number, number>>;
  /** The facts of the minutes in a range that have any, by their start. Asking for many at once is cheap. */
  minutes(range: MinuteRange): Promise<ReadonlyMap<number, MinuteFacts>>;
}
