import { createHash } from "node:crypto";
import type { Erased } from "./erase.ts";

/** The proof of an erasure. It does not name the user: who knows the id can check it by its hash. */
export interface Receipt {
  readonly store: string;
  /** SHA-256 of the id as the shop sends it, in hexadecimal. */
  readonly user_sha256: string;
  /** When it was done, ISO 8601. */
  readonly at: string;
  readonly dry_run: boolean;
  readonly clickhouse: { readonly rows: number; readonly minutes: number };
  readonly parquet: { readonly rows: number; readonly files: number };
  readonly mongodb: {
    readonly event_ids: number;
    readonly minutes: number;
    readonly minutes_restated: number;
    readonly minutes_waiting: number;
  };
  readonly remains: readonly Remainder[];
}

/** What is left of the user. */
export interface Remainder {
  readonly what: string;
  /** Gone by then, ISO 8601; null is whenever somebody deletes it. */
  readonly until: string | null;
}

/** What a receipt is made from. */
export interface ReceiptFacts {
  readonly storeId: string;
  /** As the shop sends it. */
  readonly userId: string;
  readonly atMs: number;
  readonly dryRun: boolean;
  readonly erased: Erased;
  /** How long each topic keeps a record at most; undefined is for ever. */
  readonly topics: ReadonlyMap<string, number | undefined>;
  readonly hotRetentionMs: number;
}

/** Makes the receipt. */
export function receiptOf(facts: ReceiptFacts): Receipt {
  const { storeId, userId, atMs, dryRun, erased: { warehouse, lake, hot }, topics, hotRetentionMs } = facts;
  const until = (keptMs: number | undefined) =>
    keptMs === undefined ? null : new Date(atMs + keptMs).toISOString();
  return {
    store: storeId,
    user_sha256: createHash("sha256").update(userId).digest("hex"),
    at: new Date(atMs).toISOString(),
    dry_run: dryRun,
    clickhouse: warehouse,
    parquet: lake,
    mongodb: {
      event_ids: hot.eventIds,
      minutes: hot.minutes,
      minutes_restated: hot.restated,
      minutes_waiting: hot.waiting,
    },
    remains: [
      ...[...topics].map(([topic, keptMs]) => ({ what: `Kafka, topic ${topic}`, until: until(keptMs) })),
      { what: "MongoDB, hashes of user and sessions in minutes", until: until(hotRetentionMs) },
      { what: "backups, exports, source files, older versions of a bucket's objects", until: null },
    ],
  };
}

/** The receipt for a person. */
export function receiptText(receipt: Receipt): string {
  const { store, user_sha256, at, dry_run, clickhouse, parquet, mongodb, remains } = receipt;
  const minutes = dry_run
    ? `${mongodb.minutes} minutes to restate`
    : `${mongodb.minutes} minutes, ${mongodb.minutes_restated} of them restated` +
      (mongodb.minutes_waiting === 0 ? "" : `, ${mongodb.minutes_waiting} will be when they are final`);
  return [
    `${dry_run ? "Would erase" : "Erased"} a user of store ${store} at ${at}`,
    `  SHA-256     ${user_sha256}`,
    `  ClickHouse  ${clickhouse.rows} rows, in ${clickhouse.minutes} minutes`,
    `  Parquet     ${parquet.rows} rows, in ${parquet.files} files`,
    `  MongoDB     ${minutes}; ${mongodb.event_ids} event ids in restatements`,
    ...remains.map(({ what, until }) => `  Remains     ${what}: ${until ?? "until you delete it"}`),
  ].join("\n");
}
