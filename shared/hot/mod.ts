/**
 * The hot store: MongoDB collections, the guarded sink that writes them and the readers.
 *
 * @module
 */
export * from "./documents.ts";
export * from "./minute_codec.ts";
