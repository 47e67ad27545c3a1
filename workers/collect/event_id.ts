const UTF8 = new TextEncoder();
const ID_BYTES = 16;

/** An event_id that follows from a text, so that who sends the same thing again sends the same event. */
export async function derivedEventId(identity: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", UTF8.encode(identity));
  return new Uint8Array(digest, 0, ID_BYTES).toHex();
}
