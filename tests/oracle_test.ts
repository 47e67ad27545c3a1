import { deepEqual, equal } from "node:assert/strict";
import { recount } from "./oracle.ts";
import { decimal, decimalText, plus, times, toMinor } from "./exact_money.ts";

const base = {
  event_id: "e1",
  event_type: "page_view",
  event_ts: "2025-03-01T00:00:59.999Z",
  user_id: "u1",
  session_id: "s1",
};

function recountOf(...events: unknown[]) {
  const lines = events.map((event) => typeof event === "string" ? event : JSON.stringify(event));
  return recount(new TextEncoder().encode(lines.join("\n") + "\n"));
}

function minuteOf(
  counted: ReturnType<typeof recountOf>,
  store = "default",
  minute = "2025-03-01T00:00:00.000Z",
) {
  const found = counted.stores.get(store)?.get(minute);
  if (found === undefined) throw new Error(`no minute ${minute} of store ${store}`);
  return found;
}

Deno.test("money is exact where floats are not, and half is rounded up", () => {
  equal(toMinor(decimal("1.005"), "EUR"), 101n);
  equal(toMinor(decimal("0.145"), "EUR"), 15n);
  equal(toMinor(decimal("0.1449999"), "EUR"), 14n);
  equal(toMinor(decimal("1000.5"), "JPY"), 1001n);
  equal(toMinor(decimal("1.2345"), "KWD"), 1235n);
  equal(toMinor(decimal("2e1"), "EUR"), 2000n);
  equal(toMinor(plus(times(decimal("0.335"), decimal("3")), decimal("0.1")), "EUR"), 111n);
});

Deno.test("minor units are written as a person writes them", () => {
  equal(decimalText(-5n, "EUR"), "-0.05");
  equal(decimalText(1999n, "EUR"), "19.99");
  equal(decimalText(1999n, "JPY"), "1999");
  equal(decimalText(1n, "KWD"), "0.001");
});

Deno.test("an event counts in its own minute, under its type", () => {
  const minute = minuteOf(recountOf(base, { ...base, event_id: "e2", event_type: "constructor" }));
  deepEqual(Object.fromEntries(minute.counts), { events: 2, page_views: 1, other_events: 1 });
});

Deno.test("the first of two events with one event_id counts, and the second belongs to no minute", () => {
  const counted = recountOf(base, { ...base, event_ts: "2025-03-01T07:00:00.000Z" });
  equal(counted.duplicates, 1);
  equal(counted.stores.get("default")?.size, 1);
});

Deno.test("the first of two purchases with one order_id counts; a refund of it is no duplicate", () => {
  const purchase = { ...base, event_type: "purchase", order_id: "o1", value: 10, currency: "EUR" };
  const counted = recountOf(
    purchase,
    { ...purchase, event_id: "e2" },
    { ...purchase, event_id: "e3", event_type: "refund", value: 2.5 },
  );
  deepEqual([counted.counted, counted.duplicates], [2, 1]);
  deepEqual(minuteOf(counted).by_currency.get("EUR"), {
    gross_revenue_minor: 1000n,
    refund_amount_minor: 250n,
  });
});

Deno.test("value goes before items, and items before price", () => {
  const purchase = { ...base, event_type: "purchase", currency: "EUR", price: 1, quantity: 3 };
  const items = [{ price: 2.005, quantity: 2 }, { price: 0.5 }];
  const counted = recountOf(
    { ...purchase, event_id: "a" },
    { ...purchase, event_id: "b", items },
    { ...purchase, event_id: "c", items, value: 100 },
  );
  equal(minuteOf(counted).by_currency.get("EUR")?.gross_revenue_minor, 300n + 451n + 10000n);
});

Deno.test("a session is a user's: the same session_id of another user is another session", () => {
  const minute = minuteOf(recountOf(base, { ...base, event_id: "e2", user_id: "u2" }));
  deepEqual([minute.sessions, minute.unique_users], [2, 2]);
});

Deno.test("what the contract refuses is refused, by line", () => {
  const nested = (depth: number) => "[".repeat(depth) + "]".repeat(depth);
  const text = JSON.stringify(base).slice(0, -1);
  const counted = recountOf(
    "{",
    "[]",
    { ...base, user_id: "" },
    { ...base, session_id: undefined },
    `${text},"price":1e999}`,
    `${text},"extra":${nested(64)}}`,
    `${text},"extra":"${"x".repeat(1024 * 1024)}"}`,
    `${text},"extra":${nested(63)}}`,
  );
  deepEqual(counted.refused.map(({ line }) => line), [1, 2, 3, 4, 5, 6, 7]);
  equal(counted.counted, 1);
});
