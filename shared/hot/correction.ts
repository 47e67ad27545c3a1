import { type Cohort, minuteId, type Rollup } from "@countinghouse/core";
import { encodeRollup } from "./minute_codec.ts";
import type { MinuteFigures } from "./minute_window.ts";

/** What a correction has in the place of a partition's number. */
export const CORRECTION_PARTITION = -1;

/**
 * What has to be added to a store's minute to make it true: collection `corrections`, at most one document for a
 * minute. It has the shape of a minute's document and is added up like one more partition, but its figures are signed:
 * -1 purchase takes back one that was counted twice.
 *
 * The documents of the partitions stay as the log makes them. What can't be taken back is left out: a sketch of users
 * keeps those that it has seen, within its stated error.
 */
export interface CorrectionDocument extends MinuteFigures {
  readonly partition: typeof CORRECTION_PARTITION;
  /** Signed as well, and added to the cohorts of the minute. */
  readonly cohort: Readonly<Cohort>;
}

/** A correction before it is stored. */
export interface Correction {
  readonly store: string;
  readonly minuteMs: number;
  /** What to add, signed; see `subtract` of shared/core. */
  readonly rollup: Rollup;
  readonly cohort: Readonly<Cohort>;
}

/** The id of the only correction that a minute can have. */
export function correctionId(minuteMs: number, store: string): string {
  return minuteId(minuteMs, CORRECTION_PARTITION, store);
}

/**
 * A correction as its document, made for these documents of the partitions. It grows with them (`through`), expires
 * with the first of them, and brings no times of its own into the minute's status.
 */
export function fromCorrection(
  { store, minuteMs, rollup, cohort }: Correction,
  parts: readonly MinuteFigures[],
): CorrectionDocument {
  const least = (times: readonly Date[]) => new Date(Math.min(...times.map((time) => time.getTime())));
  const firstAppend = least(parts.map(({ first_append }) => first_append));
  return {
    _id: correctionId(minuteMs, store),
    store,
    minute: new Date(minuteMs),
    partition: CORRECTION_PARTITION,
    through: parts.reduce((sum, { through }) => sum + through, 0),
    ...encodeRollup(rollup),
    closed: true,
    restatements: 1,
    first_append: firstAppend,
    last_append: firstAppend,
    touched: least(parts.map(({ touched }) => touched)),
    cohort,
  };
}
