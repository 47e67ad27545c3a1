import {
  decodeEvent,
  decodeUtf8,
  DEFAULT_STORE,
  LARGEST_EVENT_BYTES,
  partitionKey,
  type Refusal,
} from "@countinghouse/core";
import { CsvEvents, rowRefusal } from "./csv_event.ts";
import { csvCells } from "./csv_rows.ts";
import type { Format } from "./format.ts";
import type { SourceRecord } from "./source_record.ts";

/** What becomes of a record: an event with its key for the log, a refusal, or nothing (it was the CSV header). */
export type Verdict =
  | { readonly kind: "accepted"; readonly key: Uint8Array; readonly value: Uint8Array }
  | { readonly kind: "refused"; readonly refusal: Refusal }
  | { readonly kind: "header" };

const UTF8 = new TextEncoder();

/**
 * Checks the records of an input one after the other. Accepted JSON keeps its bytes; a CSV row becomes JSON. An
 * event without a store gets `defaultStore`, where one is given.
 */
export function recordChecker(format: Format, defaultStore?: string): (record: SourceRecord) => Verdict {
  const decode = (bytes: Uint8Array): Verdict => {
    const decoded = decodeEvent(bytes);
    if (!decoded.ok) return { kind: "refused", refusal: decoded.refusal };
    const { storeId, userId } = decoded.value;
    const homeless = defaultStore !== undefined && storeId === DEFAULT_STORE && !namesStore(bytes);
    return homeless
      ? { kind: "accepted", key: partitionKey(defaultStore, userId), value: withStore(bytes, defaultStore) }
      : { kind: "accepted", key: partitionKey(storeId, userId), value: bytes };
  };
  const read = format === "csv" ? csvReader(decode) : ({ bytes }: SourceRecord) => decode(bytes);
  return (record) => {
    if (record.length > record.bytes.length) return tooLarge(record);
    if (record.broken !== undefined) {
      return { kind: "refused", refusal: rowRefusal(`Cannot read the record: ${record.broken}`) };
    }
    return read(record);
  };
}

function csvReader(decode: (json: Uint8Array) => Verdict): (record: SourceRecord) => Verdict {
  let events: CsvEvents | undefined;
  return ({ bytes }) => {
    const text = decodeUtf8(bytes);
    if (text === undefined) {
      const reason = "Cannot read the row as UTF-8: it has bytes that are not";
      return { kind: "refused", refusal: { code: "not_utf8", field: "", reason } };
    }
    if (events === undefined) {
      events = new CsvEvents(csvCells(text));
      return { kind: "header" };
    }
    const json = events.json(csvCells(text));
    return json.ok ? decode(UTF8.encode(json.value)) : { kind: "refused", refusal: json.refusal };
  };
}

function tooLarge({ length }: SourceRecord): Verdict {
  const reason = `Cannot read an event as at most ${LARGEST_EVENT_BYTES} bytes: current value has ${length}`;
  return { kind: "refused", refusal: { code: "too_large", field: "", reason } };
}

/** Whether the event has a store, also one that is called like the default one. */
function namesStore(json: Uint8Array): boolean {
  const event: { readonly store_id?: unknown } = JSON.parse(decodeUtf8(json)!);
  return event.store_id !== undefined && event.store_id !== null;
}

/** The event's own bytes with the store as its last field. */
function withStore(json: Uint8Array, storeId: string): Uint8Array {
  const closing = json.lastIndexOf(0x7d);
  const field = UTF8.encode(`,"store_id":${JSON.stringify(storeId)}}`);
  const whole = new Uint8Array(closing + field.length);
  whole.set(json.subarray(0, closing));
  whole.set(field, closing);
  return whole;
}
