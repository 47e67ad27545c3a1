/** The JSON of an event that is accepted, with other or more fields. */
export function eventJson(fields: Readonly<Record<string, unknown>> = {}): string {
  return JSON.stringify({
    event_id: "e-1",
    event_type: "page_view",
    event_ts: "2025-11-20T18:00:00.000Z",
    user_id: "u-1",
    session_id: "s-1",
    ...fields,
  });
}
