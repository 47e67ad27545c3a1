/**
 * The pure core of Countinghouse: nothing here does I/O or reads a clock.
 *
 * @module
 */
export * from "./event.ts";
export * from "./event_time.ts";
export * from "./fold.ts";
export * from "./kpi.ts";
export * from "./latency_histogram.ts";
export * from "./log_record.ts";
export * from "./money.ts";
export * from "./offset.ts";
export * from "./refusal.ts";
export * from "./rollup.ts";
export * from "./window.ts";
