import { partitionKey } from "@countinghouse/core";
import { simulate } from "@countinghouse/simulate/simulation";
import type { Sent } from "./reconciled_shop.ts";

/** A shop's records, some of them twice, out of order, late or no events at all; two stores, two records a second. */
export function* shopRecords(
  { seconds, startMs, seed = 1 }: { seconds: number; startMs: number; seed?: number },
): Generator<Sent> {
  const faults = { duplicates: 0.05, disorder: 0.1, late: 0.03, poison: 0.01 };
  const of = (storeId: string) =>
    simulate({ seed, storeId, startMs, rate: 1, rhythm: false, seconds, faults });
  const other = of("nord");
  for (const { key, value, intendedMs } of of("default")) {
    yield { key, value, atMs: intendedMs };
    const next = other.next();
    if (!next.done) yield { key: next.value.key, value: next.value.value, atMs: next.value.intendedMs };
  }
}

/** One event, which arrives when it happens if nothing else is said. */
export function sent(
  { id, type = "page_view", user = "u1", timeMs, atMs = timeMs, ...rest }: {
    readonly id: string;
    readonly type?: string;
    readonly user?: string;
    readonly timeMs: number;
    readonly atMs?: number;
    readonly [field: string]: unknown;
  },
): Sent {
  const event = {
    event_id: id,
    event_type: type,
    event_ts: new Date(timeMs).toISOString(),
    user_id: user,
    session_id: `s-${user}`,
    ...rest,
  };
  return { key: partitionKey("default", user), value: new TextEncoder().encode(JSON.stringify(event)), atMs };
}

/** A purchase of so many euro cents. */
export function purchase(
  { cents, order, ...rest }: Parameters<typeof sent>[0] & { readonly cents: number; readonly order: string },
): Sent {
  return sent({ ...rest, type: "purchase", order_id: order, value: cents / 100, currency: "EUR" });
}

/** An event of each of some users, so that every partition has come to this time. */
export function* everyoneAt(timeMs: number): Generator<Sent> {
  for (let user = 0; user < 8; user++) {
    yield sent({ id: `tick-${timeMs}-${user}`, user: `walker-${user}`, timeMs });
  }
}
