import assert from "node:assert/strict";
import { decodeEvent, type DecodeOptions } from "./decode_event.ts";
import type { ShopEvent } from "./event.ts";
import type { Refusal } from "./refusal.ts";

/** For tests: the fields without which there is no event. */
export const REQUIRED = {
  event_id: "e-1",
  event_type: "page_view",
  event_ts: "2026-03-01T09:30:00.250Z",
  user_id: "u-1",
  session_id: "s-1",
};

/** For tests: fields as the bytes of their JSON. */
export function bytesOf(fields: object): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(fields));
}

/** For tests: the event that fields make; fails when they are refused. */
export function decoded(fields: object, options?: DecodeOptions): ShopEvent {
  const answer = decodeEvent(bytesOf(fields), options);
  assert.ok(answer.ok, answer.ok ? "" : answer.refusal.reason);
  return answer.value;
}

/** For tests: why fields are refused; fails when they are taken. */
export function refusalOf(fields: object): Refusal {
  return refusalOfBytes(bytesOf(fields));
}

/** For tests: why a text is refused. */
export function refusalOfText(text: string): Refusal {
  return refusalOfBytes(new TextEncoder().encode(text));
}

/** For tests: why bytes are refused. */
export function refusalOfBytes(value: Uint8Array | null): Refusal {
  const answer = decodeEvent(value);
  assert.ok(!answer.ok, "it was taken, and should have been refused");
  return answer.refusal;
}
