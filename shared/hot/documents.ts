import type { Binary } from "mongodb";
import type { Cohort, Counter } from "@countinghouse/core";

/** Names of the collections. */
export const COLLECTIONS = {
  minutes: "minutes",
  cohorts: "cohorts",
  breakdowns: "breakdowns",
  members: "members",
  partitions: "partitions",
  stores: "stores",
  snapshotFiles: "snapshots.files",
  snapshotChunks: "snapshots.chunks",
  workers: "workers",
  leases: "leases",
  corrections: "corrections",
  restatements: "restatements",
  alarms: "alarms",
  checks: "checks",
  passes: "passes",
} as const;

/** Money by currency, in minor units. */
export type MoneyDocument = Readonly<Record<string, { readonly gross: number; readonly refunds: number }>>;

/**
 * The state of one store's minute in one partition: collection `minutes`. A reader adds up the partitions.
 *
 * `_id` is `{minute ISO}/{partition}/{store}`. Everything in it is a function of the partition's log below
 * `through`, so whoever writes it writes the same bytes.
 */
export interface MinuteDocument {
  readonly _id: string;
  readonly store: string;
  /** The minute's start. */
  readonly minute: Date;
  readonly partition: number;
  /** Behind the last record that changed this document; a write with a lower or equal one is refused. */
  readonly through: number;
  readonly counts: Readonly<Record<Counter, number>>;
  readonly money: MoneyDocument;
  /** LatencyHistogram words, little-endian. */
  readonly latency: Binary;
  /** The watermark has passed the minute and the allowed lateness. */
  readonly closed: boolean;
  /** How many events changed it after it was closed. */
  readonly restatements: number;
  /** The append times of the earliest and the latest event counted in it; readers take the least and the greatest. */
  readonly first_append: Date;
  readonly last_append: Date;
  /** The append time of the last record that changed it; the document expires the hot retention after it. */
  readonly touched: Date;
  /** DistinctSketch words of the users, for counting them over many minutes. */
  readonly user_sketch: Binary;
  /** Sorted 64-bit hashes of the users and sessions seen, stored when the minute is closed. */
  readonly members?: { readonly users: Binary; readonly sessions: Binary };
  /** In how many chunks the members are stored instead, where they are too many for this document. */
  readonly member_chunks?: number;
}

/** A part of the members of a minute: collection `members`, `_id` is `{minute's _id}/{its through}/{part}`. */
export interface MemberChunkDocument {
  readonly _id: string;
  readonly minute_id: string;
  readonly through: number;
  readonly part: number;
  readonly users: Binary;
  readonly sessions: Binary;
  readonly touched: Date;
}

/**
 * The sessions of one store and minute in one partition: collection `cohorts`, with the same `_id` and guard as the
 * minute. It goes on changing while its sessions last, and is written less often than minutes.
 */
export interface CohortDocument extends Readonly<Cohort> {
  readonly _id: string;
  readonly store: string;
  readonly minute: Date;
  readonly partition: number;
  readonly through: number;
  readonly closed: boolean;
  readonly touched: Date;
}

/**
 * One store's minute in one partition by dimension: collection `breakdowns`, with the same `_id` and guard as the
 * minute, written less often.
 */
export interface BreakdownDocument {
  readonly _id: string;
  readonly store: string;
  readonly minute: Date;
  readonly partition: number;
  readonly through: number;
  readonly closed: boolean;
  readonly touched: Date;
  /** See writeBreakdown of shared/core. */
  readonly breakdown: Binary;
}

/** How far a partition is folded in, and its books: collection `partitions`, `_id` is the partition's number. */
export interface PartitionDocument {
  readonly _id: number;
  readonly through: number;
  /** The log's end when this was written; `through === end` means caught up. */
  readonly end: number;
  /** Newest event time less the allowed lateness; null before the first event. */
  readonly watermark: Date | null;
  readonly ledger: Ledger;
  /** When this was written by the worker's clock, and how long after the append of its newest record. */
  readonly written: Date;
  /** When its worker last found nothing left to read, by the worker's clock. */
  readonly caught_up: Date | null;
  readonly processing_time_ms: number | null;
}

/** The books of a partition: read = counted + duplicates + dead_lettered. Late, skewed and archived events are
 * among the counted. */
export interface Ledger {
  readonly read: number;
  readonly counted: number;
  readonly duplicates: number;
  readonly dead_lettered: number;
  readonly late: number;
  readonly skewed: number;
  readonly archived: number;
}

/** What is known of a store: collection `stores`, `_id` is the store's id. */
export interface StoreDocument {
  readonly _id: string;
  /** Its first money event by append time, which gives the reporting currency where none is set. */
  readonly first_money?: { readonly at: Date; readonly currency: string };
}
