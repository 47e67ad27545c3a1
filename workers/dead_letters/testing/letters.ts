import type { Offset, Refusal } from "@countinghouse/core";
import type { KeptDeadLetter } from "@countinghouse/log";

const REFUSAL: Refusal = {
  code: "not_json",
  field: "",
  reason: "Cannot read the event as JSON: it ends early",
};

/** An event as a shop sends it. */
export function eventJson(id: string, fields: Readonly<Record<string, unknown>> = {}): string {
  return JSON.stringify({
    event_id: id,
    event_type: "page_view",
    event_ts: "2026-03-01T12:00:00.000Z",
    user_id: `u-${id}`,
    session_id: "s",
    ...fields,
  });
}

/** A letter at "0:place" with a text for its bytes. */
export function letter(place: number, text: string, other: Partial<KeptDeadLetter> = {}): KeptDeadLetter {
  return {
    key: null,
    value: new TextEncoder().encode(text),
    refusal: REFUSAL,
    origin: "ingest",
    at: { partition: 0, offset: place as Offset, appendTimeMs: Date.parse("2026-03-02T08:00:00Z") + place },
    ...other,
  };
}

/** Letters one after the other. */
export async function* each(letters: readonly KeptDeadLetter[]): AsyncGenerator<KeptDeadLetter> {
  yield* letters;
  await Promise.resolve();
}
