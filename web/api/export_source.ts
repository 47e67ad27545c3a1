import {
  type ColdStore,
  type EventExport,
  exportEvents,
  type ExportFormat,
  type ExportKey,
  findExportKey,
  type Heads,
  readHeads,
} from "@countinghouse/cold";

/** Where exported events come from. */
export interface EventSource {
  /** How much of the log there is to export now. */
  heads(): Promise<Heads>;
  /** The place of the `count`-th row; undefined when there are fewer. */
  findKey(asked: EventExport, count: number, signal: AbortSignal): Promise<ExportKey | undefined>;
  /** The rows in a format of ClickHouse, in slices. */
  slices(
    asked: EventExport,
    format: ExportFormat,
    signal: AbortSignal,
  ): AsyncIterable<AsyncIterable<Uint8Array>>;
}

/** Events out of the warehouse. */
export function warehouseEvents(store: ColdStore): EventSource {
  return {
    heads: () => readHeads(store),
    findKey: (asked, count, signal) => findExportKey(store, asked, count, signal),
    slices: (asked, format, signal) => exportEvents(store, asked, format, signal),
  };
}
