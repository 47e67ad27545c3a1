import type { SeededRandom } from "./seeded_random.ts";

/** The ways in which a shop's integration gets an event wrong; each is refused by the decoder. */
const MISTAKES: readonly ((json: string) => string)[] = [
  (json) => json.slice(0, json.length >> 1),
  (json) => json.replace(/"user_id":"[^"]*"/, `"user_id":""`),
  (json) => json.replace(/"event_ts":"[^"]*"/, `"event_ts":"yesterday"`),
  (json) => json.replace(/"event_type":"[^"]*",/, ""),
  (json) => json.replace(/"session_id":"[^"]*"/, `"session_id":null`),
  (json) => `<event>${json.length}</event>`,
];

/** The bytes of an event, spoilt so that no decoder may take it. */
export function poison(value: Uint8Array, random: SeededRandom): Uint8Array {
  return new TextEncoder().encode(random.oneOf(MISTAKES)(new TextDecoder().decode(value)));
}
