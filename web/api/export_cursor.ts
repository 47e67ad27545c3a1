import type { ExportKey, Heads } from "@countinghouse/cold";

/**
 * How to go on with an export: behind which row, and out of which part of the log. As text it needs no escaping in an
 * address, and is nobody's business: the row's event time, partition and offset, and then the heads.
 */
export interface ExportCursor {
  readonly after: ExportKey;
  readonly heads: Heads;
}

const PARTITION = String.raw`\d{1,5}`;
const WHOLE = String.raw`\d{1,15}`;
const HEADS = new RegExp(`^(?:${PARTITION}-${WHOLE}(?:\\.|$))*$`);
const CURSOR = new RegExp(`^(${WHOLE})-(${PARTITION})-(${WHOLE})\\.(.*)$`);
const LAST_ROW = new RegExp(`^([^,]+),(${PARTITION}),(${WHOLE})$`);

/** A cursor as text. */
export function formatCursor({ after, heads }: ExportCursor): string {
  return `${after.eventTimeMs}-${after.partition}-${after.offset}.${formatHeads(heads)}`;
}

/** Reads what {@link formatCursor} wrote; undefined when it isn't that. */
export function parseCursor(text: string): ExportCursor | undefined {
  const [, eventTime, partition, offset, rest = ""] = CURSOR.exec(text) ?? [];
  const heads = parseHeads(rest);
  if (eventTime === undefined || heads === undefined) return undefined;
  const after = { eventTimeMs: Number(eventTime), partition: Number(partition), offset: Number(offset) };
  return { after, heads };
}

/** A part of the log as text: each partition with the offset that it reaches. */
export function formatHeads(heads: Heads): string {
  return [...heads].map(([partition, head]) => `${partition}-${head}`).join(".");
}

/** Reads what {@link formatHeads} wrote; undefined when it isn't that. */
export function parseHeads(text: string): Heads | undefined {
  if (!HEADS.test(text) || text.endsWith(".")) return undefined;
  const entries = text === "" ? [] : text.split(".").map((entry) => entry.split("-").map(Number));
  return new Map(entries.map(([partition = 0, head = 0]) => [partition, head]));
}

/** Reads `event_time,partition,offset` as they stand in a row of an export; undefined when they can't. */
export function parseLastRow(text: string): ExportKey | undefined {
  const [, eventTime = "", partition, offset] = LAST_ROW.exec(text) ?? [];
  const eventTimeMs = Date.parse(eventTime);
  if (Number.isNaN(eventTimeMs)) return undefined;
  return { eventTimeMs, partition: Number(partition), offset: Number(offset) };
}
