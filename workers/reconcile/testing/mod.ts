/**
 * For tests: a shop whose three stores are filled for real, and its records.
 *
 * @module
 */
export * from "./reconcile_once.ts";
export * from "./reconciled_shop.ts";
export * from "./shop_records.ts";
