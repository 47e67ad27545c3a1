import {
  type Decoded,
  decodeEvent,
  decodeUtf8,
  DEEPEST_NESTING,
  DEFAULT_STORE,
  LARGEST_EVENT_BYTES,
  nestsDeeperThan,
  partitionKey,
  type Refusal,
  type ShopEvent,
} from "@countinghouse/core";
import type { DeadLetter } from "@countinghouse/log/dead_letter";
import { type Candidate, jsonBytes } from "./candidate.ts";
import { enriched, type EventFields, withoutAddresses } from "./enrich.ts";
import { derivedEventId } from "./event_id.ts";
import type { Pseudonymise } from "./pseudonym.ts";
import type { Sender } from "./sender.ts";
import type { Visitor } from "./visitor.ts";

/** What all events of a request have in common. */
export interface Arrival {
  readonly receivedAt: string;
  readonly sender: Sender;
  readonly visitor: Visitor | undefined;
  /** Where set, no user id is stored as it came. */
  readonly pseudonymise: Pseudonymise | undefined;
}

/** What becomes of a candidate: a record for the log, or a refusal and what is kept of it. */
export type Admission =
  | { readonly kind: "accepted"; readonly key: Uint8Array; readonly value: Uint8Array }
  | {
    readonly kind: "refused";
    readonly refusal: Refusal;
    readonly eventId: string | undefined;
    readonly letter: DeadLetter;
  };

const UTF8 = new TextEncoder();

/** Decides about one candidate. What it accepts, every reader of the log can read: the decoder is theirs. */
export async function admit({ value, identity }: Candidate, arrival: Arrival): Promise<Admission> {
  const fields = fieldsOf(value);
  if (fields !== undefined && identity !== undefined && isAbsent(fields.event_id)) {
    const identified = { ...fields, event_id: await derivedEventId(identity) };
    return await decide(identified, jsonBytes(identified), arrival);
  }
  return await decide(fields, value, arrival);
}

async function decide(
  fields: EventFields | undefined,
  value: Uint8Array,
  arrival: Arrival,
): Promise<Admission> {
  const decoded = decodeEvent(value);
  if (!decoded.ok || fields === undefined) return await refused(refusalOf(decoded), fields, value, arrival);
  const { pseudonymise, sender } = arrival;
  const event = decoded.value;
  const storeId = isAbsent(fields.store_id) ? sender.storeId ?? DEFAULT_STORE : event.storeId;
  if (sender.storeId !== undefined && storeId !== sender.storeId) {
    return await refused(wrongStore(storeId, sender.storeId), fields, value, arrival);
  }
  const userId = pseudonymise === undefined ? event.userId : await pseudonymise(storeId, event.userId);
  const stored = enriched(fields, event, { ...arrival, storeId, userId });
  return { kind: "accepted", key: partitionKey(storeId, userId), value: UTF8.encode(JSON.stringify(stored)) };
}

/** The fields of a candidate that is an object; undefined for what the decoder will refuse as none. */
function fieldsOf(value: Uint8Array): EventFields | undefined {
  if (value.length > LARGEST_EVENT_BYTES) return undefined;
  const text = decodeUtf8(value);
  if (text === undefined || nestsDeeperThan(DEEPEST_NESTING, text)) return undefined;
  try {
    const json: unknown = JSON.parse(text);
    return typeof json === "object" && json !== null && !Array.isArray(json)
      ? json as EventFields
      : undefined;
  } catch {
    return undefined;
  }
}

async function refused(
  refusal: Refusal,
  fields: EventFields | undefined,
  value: Uint8Array,
  arrival: Arrival,
): Promise<Admission> {
  const eventId = typeof fields?.event_id === "string" ? fields.event_id : undefined;
  const kept = await keptOf(fields, value, arrival);
  const valueBytes = kept === null ? { valueBytes: value.length } : {};
  return {
    kind: "refused",
    refusal,
    eventId,
    letter: { key: null, value: kept, refusal, origin: "collect", ...valueBytes },
  };
}

/**
 * What is kept of a refused event: what was sent, with its sender's store where it names none, so that it gets there
 * when it is mended. Where user ids must not be stored, none is, and nothing of an event that can't be read.
 */
async function keptOf(
  fields: EventFields | undefined,
  value: Uint8Array,
  { sender, pseudonymise }: Arrival,
): Promise<Uint8Array | null> {
  if (fields === undefined) return pseudonymise === undefined ? value : null;
  const { store_id, user_id } = fields;
  const homeless = isAbsent(store_id) && sender.storeId !== undefined;
  if (pseudonymise === undefined) {
    return homeless ? jsonBytes({ ...fields, store_id: sender.storeId }) : value;
  }
  const storeId = typeof store_id === "string" && store_id !== ""
    ? store_id
    : sender.storeId ?? DEFAULT_STORE;
  return jsonBytes({
    ...withoutAddresses(fields),
    ...(homeless ? { store_id: storeId } : {}),
    ...(isAbsent(user_id) ? {} : { user_id: await pseudonymise(storeId, textOf(user_id)) }),
  });
}

/** A text as it is, whatever else JSON can hold as JSON: an object of it may have a `toString` that is none. */
function textOf(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

function refusalOf(decoded: Decoded<ShopEvent>): Refusal {
  if (!decoded.ok) return decoded.refusal;
  return { code: "not_an_object", field: "", reason: "Cannot read the record as a JSON object" };
}

function wrongStore(storeId: string, keyStoreId: string): Refusal {
  const reason = `Cannot take an event for store ${JSON.stringify(storeId)}: the write key is for ${
    JSON.stringify(keyStoreId)
  }`;
  return { code: "wrong_store", field: "store_id", reason };
}

function isAbsent(value: unknown): boolean {
  return value === undefined || value === null || value === "";
}
