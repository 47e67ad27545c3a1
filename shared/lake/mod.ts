/**
 * The lake: every event in Parquet files, in a folder or a bucket; the sink that writes them, and what reads,
 * compacts and erases.
 *
 * @module
 */
export * from "./commit_record.ts";
export * from "./compaction.ts";
export * from "./erase_user.ts";
export * from "./lake.ts";
export * from "./lake_books.ts";
export * from "./lake_fold.ts";
export * from "./lake_log.ts";
export * from "./lake_rows.ts";
export * from "./lake_sink.ts";
export * from "./manifest.ts";
export * from "./record_source.ts";
export * from "./record_source_log.ts";
export type { RowsOf } from "./parquet_file.ts";
