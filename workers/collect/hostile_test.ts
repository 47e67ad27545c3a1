import { deepEqual, equal, ok } from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { post, shopEvent, testCollector } from "./app_fixture.ts";

Deno.test("a body over the limit is refused, whether it says its length or not", async () => {
  const { app, events, deadLetters } = testCollector();
  const body = JSON.stringify(shopEvent({ page: "x".repeat(300_000) }));
  equal((await post(app, "/v1/events", body)).status, 413);
  const stream = new Blob([body]).stream();
  equal((await app.request("/v1/events", { method: "POST", body: stream })).status, 413);
  deepEqual([events().length, deadLetters().length], [0, 0]);
});

Deno.test("a bomb is refused while it is unpacked; the memory that it takes is seen in collect_engine_test.ts", async () => {
  const { app, events } = testCollector();
  const bomb = gzipSync(new Uint8Array(100_000_000));
  ok(bomb.length < 200_000);
  equal((await post(app, "/v1/events", bomb, { "content-encoding": "gzip" })).status, 413);
  equal(events().length, 0);
});

Deno.test("what isn't packed as it says is a problem, and so is a packing that nobody knows", async () => {
  const { app } = testCollector();
  equal((await post(app, "/v1/events", "[]", { "content-encoding": "gzip" })).status, 400);
  const whole = gzipSync(JSON.stringify([shopEvent()]));
  const half = new Uint8Array(whole.subarray(0, whole.length / 2));
  equal((await post(app, "/v1/events", half, { "content-encoding": "gzip" })).status, 400);
  const response = await post(app, "/v1/events", "[]", { "content-encoding": "rot13" });
  equal(response.status, 415);
  equal(response.headers.get("accept-encoding"), "gzip, deflate");
});

Deno.test("a body that does not come to its end is given up", async () => {
  const { app } = testCollector({ limits: { bodyTimeoutMs: 30 } });
  const endless = new ReadableStream({ start: (controller) => controller.enqueue(new Uint8Array([0x5b])) });
  const response = await app.request("/v1/events", { method: "POST", body: endless });
  equal(response.status, 408);
});

Deno.test("bodies under way at the same time are bounded together, and are let go of afterwards", async () => {
  const { app } = testCollector({ limits: { maxPendingBytes: 1_000, bodyTimeoutMs: 5_000 } });
  const first = new TransformStream<Uint8Array, Uint8Array>();
  const writer = first.writable.getWriter();
  const answer = app.request("/v1/events", { method: "POST", body: first.readable });
  await writer.write(new TextEncoder().encode(`[${JSON.stringify(shopEvent({ page: "x".repeat(700) }))}`));
  const busy = await post(app, "/v1/events", [shopEvent({ page: "x".repeat(700) })]);
  equal(busy.status, 503);
  equal(busy.headers.get("retry-after"), "1");
  await writer.write(new TextEncoder().encode("]"));
  await writer.close();
  equal((await answer).status, 202);
  equal((await post(app, "/v1/events", [shopEvent({ page: "x".repeat(700) })])).status, 202);
});

Deno.test("more events than a request may have are refused as a whole", async () => {
  const { app, events } = testCollector({ limits: { maxEventsPerRequest: 3 } });
  equal((await post(app, "/v1/events", Array(4).fill(shopEvent()))).status, 413);
  equal(events().length, 0);
});

Deno.test("nothing that is wrong is counted, and every route survives it", async () => {
  const deep = "[".repeat(50_000) + "]".repeat(50_000);
  const hostile = [
    deep,
    `{"event_id":${deep}}`,
    `[${deep}]`,
    `{"batch":${deep}}`,
    "[[[]]]",
    "null",
    "NaN",
    "[NaN]",
    "[1,2,3]",
    '["text"]',
    "{",
    "}",
    "[",
    "]",
    '"',
    "\\",
    "\u0000",
    "\uFEFF",
    '{"__proto__":{"event_id":"e"}}',
    '{"batch":"x"}',
    '{"batch":[null,1,"x",[],{}]}',
    '{"events":[null,1,"x",[],{}]}',
    '{"events":[{"name":{"$gt":""},"params":[]}],"client_id":{"$ne":null}}',
    JSON.stringify(shopEvent({ price: "NaN" })),
    JSON.stringify(shopEvent({ event_id: { $gt: "" } })),
    JSON.stringify(shopEvent({ user_id: ["u1"] })),
    JSON.stringify(shopEvent({ event_ts: "yesterday" })),
    JSON.stringify(shopEvent({ items: [1] })),
    JSON.stringify(shopEvent({ items: { length: 1e9 } })),
    JSON.stringify(shopEvent()).replace('"e1"', '"e1","value":1e999'),
    new Uint8Array([0xff, 0xfe, 0x00]),
    new Uint8Array([0x7b, 0x22, 0xc3, 0x28, 0x22, 0x7d]),
  ];
  const { app, events } = testCollector();
  for (const path of ["/v1/events", "/v1/batch", "/v1/track", "/v1/page", "/mp/collect", "/v1/shopify"]) {
    for (const body of hostile) {
      const { status } = await post(app, path, body);
      ok(status < 500, `${path} answers ${status} to ${String(body).slice(0, 60)}`);
    }
  }
  deepEqual(events(), []);
});
