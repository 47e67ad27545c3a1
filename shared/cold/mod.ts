/**
 * The warehouse: ClickHouse tables, the sink that writes them, the books and the reading of unique events.
 *
 * @module
 */
export * from "./cold_books.ts";
export * from "./cold_cohorts.ts";
export * from "./cold_minutes.ts";
export * from "./cold_progress.ts";
export * from "./cold_sink.ts";
export * from "./cold_store.ts";
export * from "./event_row.ts";
export * from "./export_columns.ts";
export * from "./export_events.ts";
export * from "./insert_chunk.ts";
export { duplicatesOf, type Heads } from "./judged_events.ts";
export * from "./migrations.ts";
export * from "./newest_minute.ts";
export * from "./prepare_cold_store.ts";
export * from "./row_fold.ts";
export * from "./unique_events.ts";
export * from "./count_unique_events.ts";
export * from "./erase_user.ts";
export { countUserRows, isErasedFrom, readErasedMinutes, usersRecords } from "./erasures.ts";
export * from "./event_filter.ts";
export * from "./refresh_rollups.ts";
export * from "./time_range.ts";
export * from "./window_reader.ts";
export * from "./table_rules.ts";
