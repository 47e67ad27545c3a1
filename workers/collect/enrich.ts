import type { EventJson, ShopEvent } from "@countinghouse/core";
import { readUserAgent } from "./user_agent.ts";
import type { Visitor } from "./visitor.ts";

/** An event's fields as JSON has them, those included that have no meaning here. */
export type EventFields = EventJson & Readonly<Record<string, unknown>>;

/** What an event is enriched with. */
export interface Enrichment {
  readonly receivedAt: string;
  readonly visitor: Visitor | undefined;
  readonly storeId: string;
  /** Its pseudonym, where user ids must not be stored. */
  readonly userId: string;
}

/** Fields that hold a visitor's address by their usual names; no address is stored. */
const ADDRESSES: ReadonlySet<string> = new Set(["ip", "ip_address", "client_ip", "remote_addr"]);

/**
 * The fields of an event as they are stored: `received_at`, and what its user agent and its visitor's country tell,
 * where the shop has not said otherwise. `device.bot` is there, and true, for bots only.
 */
export function enriched(fields: EventFields, event: ShopEvent, enrichment: Enrichment): EventFields {
  const { receivedAt, visitor, storeId, userId } = enrichment;
  const device = deviceOf(event, visitor);
  const country = event.country ?? visitor?.country;
  return {
    ...withoutAddresses(fields),
    store_id: storeId,
    user_id: userId,
    received_at: receivedAt,
    ...(device === undefined
      ? {}
      : { device: { ...device, ...present(withoutAddresses(part(fields.device))) } }),
    ...(country === undefined ? {} : { geo: { ...part(fields.geo), country } }),
  };
}

/** The fields without those that hold an address. */
export function withoutAddresses(fields: EventFields): EventFields {
  for (const name in fields) {
    if (ADDRESSES.has(name)) {
      return Object.fromEntries(Object.entries(fields).filter(([name]) => !ADDRESSES.has(name)));
    }
  }
  return fields;
}

function deviceOf(event: ShopEvent, visitor: Visitor | undefined): EventFields | undefined {
  const text = event.userAgent ?? visitor?.userAgent;
  if (text === undefined) return undefined;
  const { browser, os, mobile, bot } = readUserAgent(text);
  return {
    user_agent: text,
    ...(browser === undefined ? {} : { browser }),
    ...(os === undefined ? {} : { os }),
    ...(mobile === undefined ? {} : { mobile }),
    ...(bot ? { bot } : {}),
  };
}

/** An optional field that is null or "" is absent, and what is absent may be filled in. */
function present(fields: EventFields): EventFields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null && value !== ""));
}

function part(value: unknown): EventFields {
  return typeof value === "object" && value !== null ? value as EventFields : {};
}
