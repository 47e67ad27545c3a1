const VALID = {
  event_id: "refused",
  event_type: "purchase",
  event_ts: "2025-03-01T00:00:00.000Z",
  user_id: "nobody",
  session_id: "none",
  order_id: "order-refused",
  currency: "EUR",
  price: 1_000_000,
};

/**
 * A line of each kind that the contract refuses, as the bytes of an NDJSON line without its newline. Each would be
 * a purchase of a million if it were let through.
 */
export function refusedLines(): ReadonlyMap<string, Uint8Array<ArrayBuffer>> {
  const text = new TextEncoder();
  const withField = (name: string, value: unknown) => JSON.stringify({ ...VALID, [name]: value });
  const withText = (field: string) => `${JSON.stringify(VALID).slice(0, -1)},${field}}`;
  const lines = new Map<string, string>([
    ["not JSON", "this is not JSON"],
    ["cut off", JSON.stringify(VALID).slice(0, -9)],
    ["two values", `${JSON.stringify(VALID)} ${JSON.stringify(VALID)}`],
    ["an array", "[]"],
    ["a string", `"event"`],
    ["a number", "42"],
    ["null", "null"],
    ["over 1 MiB", withText(`"extra":"${"x".repeat(1_100_000)}"`)],
    ["100 levels", withText(`"extra":${"[".repeat(100)}${"]".repeat(100)}`)],
    ["100,000 levels", withText(`"extra":${`{"a":`.repeat(100_000)}0${"}".repeat(100_000)}`)],
    ["a price of 1e999", withText(`"price":1e999`)],
    ["a price of NaN", withText(`"price":NaN`)],
    ["a value of -1e999", withText(`"value":-1e999`)],
    ["a price in words", withField("price", "a lot")],
    ["a time in words", withField("event_ts", "yesterday")],
    ["a time that does not exist", withField("event_ts", "2025-13-41T99:00:00.000Z")],
  ]);
  for (const name of ["event_id", "event_type", "event_ts", "user_id", "session_id"]) {
    lines.set(`no ${name}`, withField(name, undefined));
    lines.set(`${name} is null`, withField(name, null));
    lines.set(`${name} is a number`, withField(name, 42));
    lines.set(`${name} is empty`, withField(name, ""));
  }
  const notUtf8 = text.encode(withField("user_id", "nob?dy")).map((byte) => byte === 0x3f ? 0xff : byte);
  return new Map([...[...lines].map(([kind, line]) => [kind, text.encode(line)] as const), [
    "not UTF-8",
    notUtf8,
  ]]);
}
