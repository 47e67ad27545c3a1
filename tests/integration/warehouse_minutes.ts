import { type ColdStore, uniqueEvents } from "@countinghouse/cold";
import type { CurrencyRecount, MinuteRecount } from "../oracle.ts";

const MINUTE = "toString(toStartOfMinute(event_time), 'UTC') AS minute";

/** How the warehouse names the API's counters. */
const COUNTERS: Readonly<Record<string, string>> = {
  page_views: "page_view",
  view_items: "view_item",
  searches: "search",
  add_to_carts: "add_to_cart",
  remove_from_carts: "remove_from_cart",
  begin_checkouts: "begin_checkout",
  purchases: "purchase",
  refunds: "refund",
  other_events: "other",
};

/** A store's minutes as the warehouse has them, asked with plain SQL over its unique events, in the recount's shape. */
export async function warehouseMinutes(
  { client }: ColdStore,
  storeId: string,
  fromMs: number,
  toMs: number,
): Promise<ReadonlyMap<string, MinuteRecount>> {
  const unique = uniqueEvents({ storeId, fromMs, toMs });
  const ask = async (select: string, rest: string) => {
    const query = `SELECT ${MINUTE}, ${select} FROM ${unique.sql} ${rest}`;
    const result = await client.query({ query, query_params: unique.params, format: "JSONEachRow" });
    return await result.json<Readonly<Record<string, string>>>();
  };
  const countIf = Object.entries(COUNTERS).map(([name, type]) =>
    `countIf(event_type = '${type}') AS ${name}`
  );
  const counts = await ask(
    `count() AS events, ${countIf}, uniqExact(user_id) AS users, uniqExact(user_id, session_id) AS sessions`,
    "GROUP BY minute",
  );
  const money = await ask(
    `currency, toString(sumIf(amount, event_type = 'purchase')) AS gross,
      toString(sumIf(amount, event_type = 'refund')) AS refunds`,
    "WHERE event_type IN ('purchase', 'refund') AND amount IS NOT NULL GROUP BY minute, currency",
  );
  return new Map(counts.map(({ minute, users, sessions, ...counters }) => {
    const ofMinute = money.filter((row) => row["minute"] === minute);
    return [toIso(minute), {
      counts: new Map(Object.entries(counters).map(([name, count]) => [name, Number(count)])),
      unique_users: Number(users),
      sessions: Number(sessions),
      by_currency: new Map(ofMinute.map((row): [string, CurrencyRecount] => [row["currency"] ?? "", {
        gross_revenue_minor: BigInt(row["gross"] ?? 0),
        refund_amount_minor: BigInt(row["refunds"] ?? 0),
      }])),
    }];
  }));
}

/** "2025-02-28 22:30:00" -> "2025-02-28T22:30:00.000Z" */
function toIso(minute: string | undefined): string {
  return new Date(`${minute?.replace(" ", "T")}Z`).toISOString();
}
