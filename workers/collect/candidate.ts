/** What may become an event: JSON as it was sent, or as a mapper made it of what was sent. */
export interface Candidate {
  readonly value: Uint8Array;
  /** What its event_id follows from where it has none; one that has neither is refused. */
  readonly identity?: string | undefined;
}

const UTF8 = new TextEncoder();

/** A mapped event as a candidate. */
export function candidate(event: Readonly<Record<string, unknown>>, identity?: string): Candidate {
  return { value: jsonBytes(event), identity };
}

/** JSON in UTF-8. A number that is not finite becomes text, which the decoder refuses; JSON alone makes it null. */
export function jsonBytes(value: unknown): Uint8Array {
  const finite = (_name: string, part: unknown) =>
    typeof part === "number" && !Number.isFinite(part) ? String(part) : part;
  return UTF8.encode(JSON.stringify(value, finite));
}
