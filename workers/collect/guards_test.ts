import { deepEqual, equal, match, notEqual } from "node:assert/strict";
import { NOW_MS, post, shopEvent, testCollector } from "./app_fixture.ts";
import { isLoopback, presentedKey } from "./sender.ts";
import { createKey, endKey, KeyRing, type StoredKey } from "./write_key.ts";

async function makeKey(storeId: string) {
  return await createKey({ storeId, now: new Date(NOW_MS) });
}

const holding = (...stored: StoredKey[]) => ({ ring: () => Promise.resolve(new KeyRing(stored)) });
const bearer = (text: string) => ({ authorization: `Bearer ${text}` });

Deno.test("without any key, only a collector that this machine alone can reach takes events", async () => {
  equal((await post(testCollector().app, "/v1/events", [shopEvent()])).status, 202);
  const open = testCollector({ reachable: "network" });
  equal((await post(open.app, "/v1/events", [shopEvent()])).status, 401);
  deepEqual(open.events(), []);
});

Deno.test("with a key, a valid one is asked for, however the request is able to send it", async () => {
  const { text, stored } = await makeKey("north");
  const { app, events } = testCollector({ keys: holding(stored) });
  const event = shopEvent();
  for (
    const headers of [bearer(text), { authorization: `Basic ${btoa(`${text}:`)}` }, { "x-write-key": text }]
  ) {
    equal((await post(app, "/v1/events", [event], headers)).status, 202);
  }
  for (const query of [`key=${text}`, `api_secret=${text}`]) {
    equal((await post(app, `/v1/events?${query}`, [event])).status, 202);
  }
  equal(events().length, 5);
  for (const headers of [{}, bearer("chk_wrong"), bearer(""), { authorization: "Basic %%" }]) {
    const response = await post(app, "/v1/events", [event], headers);
    equal(response.status, 401);
    match(response.headers.get("www-authenticate") ?? "", /^Bearer/);
  }
  equal(events().length, 5);
});

Deno.test("while a key is replaced both work; one that has ended doesn't, also when it was the only one", async () => {
  const [old, young] = await Promise.all([makeKey("north"), makeKey("north")]);
  const send = async (text: string, ...stored: StoredKey[]) =>
    (await post(testCollector({ keys: holding(...stored) }).app, "/v1/events", [shopEvent()], bearer(text)))
      .status;
  const ending = endKey(old.stored, new Date(NOW_MS + 60_000));
  const ended = endKey(old.stored, new Date(NOW_MS));
  equal(await send(old.text, ending, young.stored), 202);
  equal(await send(young.text, ending, young.stored), 202);
  equal(await send(old.text, ended, young.stored), 401);
  equal(await send(old.text, ended), 401);
});

Deno.test("a key is for one store: it is the store of events that name none, and others are refused", async () => {
  const { text, stored } = await makeKey("north");
  const { app, events, deadLetters } = testCollector({ keys: holding(stored) });
  const sent = [
    shopEvent(),
    shopEvent({ store_id: "north" }),
    shopEvent({ store_id: "south" }),
    shopEvent({ price: "x" }),
  ];
  const { accepted, errors } = await (await post(app, "/v1/events", sent, bearer(text))).json();
  equal(accepted, 2);
  deepEqual([errors[0].index, errors[0].code, errors[0].field], [2, "wrong_store", "store_id"]);
  deepEqual(events().map(({ key, event }) => [key, event["store_id"]]), Array(2).fill(["north/u1", "north"]));
  deepEqual(deadLetters().map(({ event }) => event["store_id"]), ["south", "north"]);
});

Deno.test("a key is kept as a hash, and a key that ends earlier stays as it is", async () => {
  const { text, stored } = await makeKey("north");
  match(text, /^chk_[\w-]{43}$/);
  notEqual(text, (await makeKey("north")).text);
  equal(JSON.stringify(stored).includes(text.slice(4)), false);
  const ended = endKey(stored, new Date(NOW_MS));
  deepEqual(endKey(ended, new Date(NOW_MS + 1)), ended);
});

Deno.test("a key that sends too much is told when to come again, and others are not held up", async () => {
  const [busy, calm] = await Promise.all([makeKey("north"), makeKey("south")]);
  let nowMs = NOW_MS;
  const { app } = testCollector({
    keys: holding(busy.stored, calm.stored),
    limits: { eventsPerSecond: 10 },
    now: () => nowMs,
  });
  const send = (text: string, count: number) =>
    post(app, "/v1/events", Array(count).fill(shopEvent()), bearer(text));
  equal((await send(busy.text, 35)).status, 202);
  const refused = await send(busy.text, 1);
  equal(refused.status, 429);
  equal(refused.headers.get("retry-after"), "2");
  equal((await send(calm.text, 1)).status, 202);
  nowMs += 2_000;
  equal((await send(busy.text, 1)).status, 202);
});

Deno.test("a page of a listed site may send and read the answer; one of another site may neither", async () => {
  const { app, events } = testCollector({ origins: ["https://shop.example"] });
  const asked = await app.request("/v1/events", {
    method: "OPTIONS",
    headers: { origin: "https://shop.example", "access-control-request-method": "POST" },
  });
  equal(asked.status, 204);
  equal(asked.headers.get("access-control-allow-origin"), "https://shop.example");
  const good = await post(app, "/v1/events", [shopEvent()], { origin: "https://shop.example" });
  equal(good.status, 202);
  equal(good.headers.get("access-control-allow-origin"), "https://shop.example");
  equal((await post(app, "/v1/events", [shopEvent()], { origin: "https://evil.example" })).status, 403);
  equal((await post(app, "/v1/events", [shopEvent()])).status, 202);
  equal(events().length, 2);
});

Deno.test("answers tell browsers to guess nothing, frame nothing and keep nothing", async () => {
  const { headers } = await post(testCollector().app, "/v1/events", [shopEvent()]);
  equal(headers.get("x-content-type-options"), "nosniff");
  match(headers.get("content-security-policy") ?? "", /default-src 'none'/);
  equal(headers.get("cache-control"), "no-store");
});

Deno.test("this machine's own addresses are told from others", () => {
  for (const host of ["127.0.0.1", "127.8.8.8", "localhost", "::1"]) equal(isLoopback(host), true, host);
  for (const host of ["0.0.0.0", "::", "10.0.0.1", "127.0.0.1.example", "localhost.example"]) {
    equal(isLoopback(host), false, host);
  }
});

Deno.test("a request that names no key in any of the ways has none", () => {
  equal(presentedKey(new Request("http://localhost/?key=")), undefined);
  equal(
    presentedKey(new Request("http://localhost/", { headers: { authorization: "Digest x" } })),
    undefined,
  );
});
