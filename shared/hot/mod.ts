/**
 * The hot store: MongoDB collections, the guarded sink that writes them and the readers.
 *
 * @module
 */
export * from "./alarm.ts";
export * from "./breakdown_codec.ts";
export * from "./breakdown_reader.ts";
export * from "./cohort_codec.ts";
export * from "./cohort_reader.ts";
export * from "./correction.ts";
export * from "./documents.ts";
export * from "./lease_assignment.ts";
export * from "./lease_hold.ts";
export * from "./member_chunks.ts";
export * from "./minute_codec.ts";
export * from "./hot_sink.ts";
export * from "./hot_store.ts";
export * from "./prepare_hot_store.ts";
export * from "./restatement.ts";
export * from "./snapshot_store.ts";
export * from "./books_reader.ts";
export * from "./minute_feed.ts";
export * from "./minute_reader.ts";
export * from "./minute_status.ts";
export {
  FIGURES_ONLY,
  type MinuteFigures,
  minuteWindow,
  newestProcessingTime,
  type WindowContext,
  type WindowRules,
} from "./minute_window.ts";
export * from "./word_codec.ts";
