/**
 * What others may use of reconciling: where a number comes from, and what the last pass has found.
 *
 * @module
 */
export * from "./check_store.ts";
export * from "./compare_anew.ts";
export * from "./drift_cause.ts";
export * from "./duplicates.ts";
export * from "./event_record.ts";
export * from "./pass_store.ts";
export * from "./reconcile_rules.ts";
export * from "./recount.ts";
export * from "./rollup_memory.ts";
export * from "./warehouse_records.ts";
