/** What a request tells about the visitor whose browser sent it. Its address is not read, here or elsewhere. */
export interface Visitor {
  readonly userAgent: string | undefined;
  /** Two capital letters (ISO 3166-1). */
  readonly country: string | undefined;
}

/** What proxies say where they don't know (XX), and for Tor (T1). */
const NO_COUNTRY: ReadonlySet<string> = new Set(["XX", "ZZ"]);

/**
 * The visitor behind a request; undefined for one that a server sends, whose user agent and country are its own.
 * Browsers send `Origin` with every POST (https://fetch.spec.whatwg.org/#origin-header), servers don't.
 */
export function visitorOf(headers: Headers, countryHeaders: readonly string[]): Visitor | undefined {
  if (!headers.has("origin")) return undefined;
  return { userAgent: headers.get("user-agent") ?? undefined, country: countryOf(headers, countryHeaders) };
}

function countryOf(headers: Headers, countryHeaders: readonly string[]): string | undefined {
  const named = countryHeaders.map((name) => headers.get(name)?.trim().toUpperCase()).find(Boolean);
  return named !== undefined && /^[A-Z]{2}$/.test(named) && !NO_COUNTRY.has(named) ? named : undefined;
}
