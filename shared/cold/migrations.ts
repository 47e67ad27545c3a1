import { closesBefore, countedTime } from "./counted_minute.ts";
import { COUNTED_EVENTS } from "./rollup_columns.ts";

/** A step of the schema. Applying one twice, or twice at the same time, must do no harm. */
export interface Migration {
  readonly number: number;
  readonly name: string;
  readonly statements: readonly string[];
}

/**
 * All steps, in order. A step that has been released is never changed; add one.
 *
 * - Partitions follow the append time: it comes from the broker, so a batch lies in one month, or at a month's end
 *   in two, whatever times shops send.
 * - The sorting key says which record a row is, so a record written twice is collapsed by a merge or FINAL.
 * - The projection `books` is stored with each part and so is exactly as far as the part's rows. Both of its
 *   aggregates take a record twice as once, so it needs no FINAL either.
 */
export const MIGRATIONS: readonly Migration[] = [
  {
    number: 1,
    name: "events",
    statements: [
      `CREATE TABLE IF NOT EXISTS events (
        partition UInt16,
        offset UInt64 CODEC(Delta, ZSTD),
        append_time DateTime64(3, 'UTC') CODEC(Delta, ZSTD),
        event_id String CODEC(ZSTD),
        event_type LowCardinality(String),
        type_name LowCardinality(String),
        event_time DateTime64(3, 'UTC') CODEC(Delta, ZSTD),
        user_id String CODEC(ZSTD),
        session_id String CODEC(ZSTD),
        store_id LowCardinality(String),
        page String CODEC(ZSTD),
        product_id LowCardinality(String),
        order_id String CODEC(ZSTD),
        coupon LowCardinality(String),
        quantity Float64 CODEC(ZSTD),
        currency LowCardinality(String),
        amount Nullable(Int64) CODEC(ZSTD),
        items Array(Tuple(product_id String, amount Nullable(Int64), quantity Float64)) CODEC(ZSTD),
        utm_source LowCardinality(String),
        utm_medium LowCardinality(String),
        utm_campaign LowCardinality(String),
        user_agent LowCardinality(String),
        os LowCardinality(String),
        mobile Nullable(Bool),
        country LowCardinality(String),
        city LowCardinality(String),
        lat Nullable(Float64) CODEC(ZSTD),
        lon Nullable(Float64) CODEC(ZSTD),
        unknown_fields String CODEC(ZSTD),
        event_key UInt64 MATERIALIZED cityHash64(store_id, event_id) CODEC(NONE),
        order_key UInt64 MATERIALIZED if(event_type = 'purchase' AND order_id != '', cityHash64(store_id, order_id), 0)
          CODEC(ZSTD),
        PROJECTION books (SELECT partition, max(offset), groupBitmap(offset) GROUP BY partition)
      )
      ENGINE = ReplacingMergeTree
      PARTITION BY toYYYYMM(append_time)
      ORDER BY (store_id, event_time, partition, offset)
      SETTINGS deduplicate_merge_projection_mode = 'rebuild', non_replicated_deduplication_window = 10000`,
    ],
  },
  {
    number: 2,
    name: "counted minutes",
    statements: [
      `ALTER TABLE events
        ADD COLUMN IF NOT EXISTS counted_time DateTime64(3, 'UTC') MATERIALIZED ${countedTime(300_000)}
          CODEC(Delta, ZSTD),
        ADD COLUMN IF NOT EXISTS minute DateTime('UTC') MATERIALIZED toStartOfMinute(counted_time) CODEC(Delta, ZSTD),
        ADD COLUMN IF NOT EXISTS closes_before DateTime('UTC') MATERIALIZED ${closesBefore(600_000)}
          CODEC(Delta, ZSTD),
        ADD INDEX IF NOT EXISTS minute minute TYPE minmax GRANULARITY 1,
        ADD INDEX IF NOT EXISTS offset offset TYPE minmax GRANULARITY 1`,
      `ALTER TABLE events ADD PROJECTION IF NOT EXISTS minutes (
        SELECT store_id, minute, closes_before, partition, min(offset), max(offset), count()
        GROUP BY store_id, minute, closes_before, partition)`,
      "ALTER TABLE events MATERIALIZE INDEX minute",
      "ALTER TABLE events MATERIALIZE INDEX offset",
      "ALTER TABLE events MATERIALIZE PROJECTION minutes",
    ],
  },
  {
    number: 3,
    name: "rollups",
    statements: [
      `CREATE TABLE IF NOT EXISTS rollups (
        step Enum8('minute' = 1, 'hour' = 2, 'day' = 3),
        store_id LowCardinality(String),
        start DateTime('UTC') CODEC(Delta, ZSTD),
        ${COUNTED_EVENTS.map((name) => `${name} UInt64 CODEC(T64, ZSTD)`).join(",\n        ")},
        user_keys Array(UInt64) CODEC(ZSTD),
        session_keys Array(UInt64) CODEC(ZSTD),
        currencies Array(String) CODEC(ZSTD),
        gross_minor Array(Int64) CODEC(ZSTD),
        refunds_minor Array(Int64) CODEC(ZSTD),
        payments Array(UInt64) CODEC(ZSTD),
        latency_buckets Array(UInt16) CODEC(ZSTD),
        latency_counts Array(UInt64) CODEC(ZSTD),
        duplicates Array(Tuple(partition UInt16, offset UInt64)) CODEC(ZSTD),
        late_records Array(Tuple(partition UInt16, offset UInt64)) CODEC(ZSTD),
        reached Map(UInt16, UInt64) CODEC(ZSTD),
        appended DateTime('UTC') CODEC(Delta, ZSTD),
        version UInt64 CODEC(Delta, ZSTD)
      )
      ENGINE = ReplacingMergeTree(version)
      PARTITION BY (step, toYear(start))
      ORDER BY (step, store_id, start)`,
      `CREATE TABLE IF NOT EXISTS erasures (
        store_id String,
        user_hash UInt64,
        rows UInt64,
        minutes Array(DateTime('UTC')),
        reached Map(UInt16, UInt64),
        at DateTime64(3, 'UTC') DEFAULT now64(3)
      )
      ENGINE = MergeTree ORDER BY (store_id, user_hash, at)`,
    ],
  },
];
