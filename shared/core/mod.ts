/**
 * The pure core of Countinghouse: nothing here does I/O or reads a clock.
 *
 * @module
 */
export * from "./breakdown.ts";
export * from "./breakdown_codec.ts";
export * from "./breakdown_state.ts";
export * from "./byte_codec.ts";
export * from "./cohort.ts";
export * from "./cohort_state.ts";
export * from "./decode_event.ts";
export * from "./dedup_window.ts";
export * from "./distinct_sketch.ts";
export * from "./event.ts";
export * from "./event_json.ts";
export * from "./event_time.ts";
export * from "./fold.ts";
export * from "./funnel.ts";
export * from "./hash64.ts";
export * from "./hash_set.ts";
export { nestsDeeperThan } from "./json_depth.ts";
export * from "./kpi.ts";
export * from "./latency_histogram.ts";
export * from "./ledger.ts";
export * from "./log_record.ts";
export * from "./minute_fold.ts";
export * from "./minute_id.ts";
export * from "./minute_state.ts";
export * from "./minute_windows.ts";
export * from "./money.ts";
export * from "./money_sum.ts";
export * from "./offset.ts";
export * from "./partition_key.ts";
export * from "./rates.ts";
export * from "./refusal.ts";
export * from "./rollup.ts";
export * from "./session_table.ts";
export * from "./utf8.ts";
export * from "./watermark.ts";
export * from "./window.ts";
export type { StoredHead } from "./window_state.ts";
