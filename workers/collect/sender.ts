import type { Problem } from "./problem.ts";
import type { KeyStore } from "./write_key.ts";

/** Who sends events. */
export interface Sender {
  /** The id of its key; what its rate is counted by. */
  readonly name: string;
  /** The store that its key is for; undefined where no key is asked for. */
  readonly storeId: string | undefined;
}

/** Who a request comes from, or why it is turned away. */
export type Identified =
  | { readonly ok: true; readonly sender: Sender }
  | { readonly ok: false; readonly problem: Problem };

/** Where no key was ever made and only this machine can reach the collector, anybody on it may send. */
const ANYBODY: Sender = { name: "local", storeId: undefined };

/**
 * Tells the sender of a request by its write key.
 *
 * @param reachable From where requests can come. As soon as there is a key, also an ended one, each needs a valid one.
 */
export async function identify(
  request: Request,
  keys: KeyStore,
  reachable: "loopback" | "network",
  nowMs: number,
): Promise<Identified> {
  const ring = await keys.ring();
  if (ring.isEmpty && reachable === "loopback") return { ok: true, sender: ANYBODY };
  const text = presentedKey(request);
  if (text === undefined) return { ok: false, problem: NO_KEY };
  const key = await ring.find(text, nowMs);
  if (key === undefined) return { ok: false, problem: WRONG_KEY };
  return { ok: true, sender: { name: key.id, storeId: key.store_id } };
}

/**
 * The key of a request: a bearer token, the user name of basic authentication as Segment's libraries send it,
 * `X-Write-Key`, or in the address, for those that can't set a header: `key`, and `api_secret` as GA4 has it.
 */
export function presentedKey(request: Request): string | undefined {
  const [scheme = "", credentials = ""] = request.headers.get("authorization")?.trim().split(/\s+/) ?? [];
  if (/^bearer$/i.test(scheme)) return credentials || undefined;
  if (/^basic$/i.test(scheme)) return basicUser(credentials);
  const { searchParams } = new URL(request.url);
  return request.headers.get("x-write-key") || searchParams.get("key") || searchParams.get("api_secret") ||
    undefined;
}

function basicUser(credentials: string): string | undefined {
  try {
    return atob(credentials).split(":", 1)[0] || undefined;
  } catch {
    return undefined;
  }
}

/** Whether an address to listen on is reached from this machine only. */
export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || host === "[::1]" || /^127\.\d+\.\d+\.\d+$/.test(host);
}

const CHALLENGE = { "www-authenticate": 'Bearer realm="countinghouse"' };
const NO_KEY: Problem = {
  status: 401,
  title: "No write key",
  detail: "Send a write key, as `Authorization: Bearer KEY` or `?key=KEY`; `deno task keys create` makes one",
  headers: CHALLENGE,
};
const WRONG_KEY: Problem = {
  status: 401,
  title: "Wrong write key",
  detail: "There is no such write key, or it has ended",
  headers: CHALLENGE,
};
