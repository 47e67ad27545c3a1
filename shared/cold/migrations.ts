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
];
