/**
 * The warehouse: ClickHouse tables, the sink that writes them, the books and the reading of unique events.
 *
 * @module
 */
export * from "./cold_books.ts";
export * from "./cold_sink.ts";
export * from "./cold_store.ts";
export * from "./event_row.ts";
export * from "./insert_chunk.ts";
export * from "./migrations.ts";
export * from "./prepare_cold_store.ts";
export * from "./row_fold.ts";
export * from "./unique_events.ts";
