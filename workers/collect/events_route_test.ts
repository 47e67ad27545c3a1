import { deepEqual, equal, match } from "node:assert/strict";
import { post, shopEvent, testCollector } from "./app_fixture.ts";

const bodies: readonly (readonly [string, string | Uint8Array])[] = [
  ["an array", JSON.stringify([shopEvent(), shopEvent({ event_id: "e2" })])],
  ["NDJSON", `${JSON.stringify(shopEvent())}\n${JSON.stringify(shopEvent({ event_id: "e2" }))}\n`],
  [
    "NDJSON of Windows",
    `${JSON.stringify(shopEvent())}\r\n\r\n${JSON.stringify(shopEvent({ event_id: "e2" }))}`,
  ],
  ["an array on many lines", JSON.stringify([shopEvent(), shopEvent({ event_id: "e2" })], null, 2)],
];
for (const [what, body] of bodies) {
  Deno.test(`${what} is as many events as it has, each keyed by store and user`, async () => {
    const { app, events } = testCollector();
    const response = await post(app, "/v1/events", body);
    equal(response.status, 202);
    deepEqual(await response.json(), { accepted: 2, rejected: 0, errors: [] });
    deepEqual(events().map(({ key, event }) => [key, event["event_id"]]), [["default/u1", "e1"], [
      "default/u1",
      "e2",
    ]]);
  });
}

Deno.test("one event is taken, on one line or many, as JSON or as the text that a beacon sends", async () => {
  for (const body of [JSON.stringify(shopEvent()), JSON.stringify(shopEvent(), null, 2)]) {
    for (
      const type of ["application/json", "text/plain;charset=UTF-8", "application/x-www-form-urlencoded"]
    ) {
      const { app, events } = testCollector();
      equal((await post(app, "/v1/events", body, { "content-type": type })).status, 202);
      equal(events().length, 1);
    }
  }
});

Deno.test("gzip and deflate are unpacked", async () => {
  for (const encoding of ["gzip", "deflate"] as const) {
    const { app, events } = testCollector();
    const packed = new Blob([JSON.stringify([shopEvent()])]).stream().pipeThrough(
      new CompressionStream(encoding),
    );
    const body = new Uint8Array(await new Response(packed).arrayBuffer());
    equal((await post(app, "/v1/events", body, { "content-encoding": encoding })).status, 202);
    equal(events().length, 1);
  }
});

Deno.test("what is accepted keeps all its fields, and money its digits", async () => {
  const { app, events } = testCollector();
  const event = shopEvent({
    event_type: "purchase",
    value: "19.990000000000000001",
    price: 0.1,
    plan: { a: [1] },
  });
  await post(app, "/v1/events", event);
  const [kept] = events();
  deepEqual(kept!.event, { ...event, store_id: "default", received_at: "2026-03-01T12:00:00.500Z" });
});

Deno.test("of a request with good and bad events, the good are accepted and the bad are named and kept", async () => {
  const { app, events, deadLetters } = testCollector();
  const bad = shopEvent({ event_id: "e2", price: "a lot" });
  const body = `${JSON.stringify(shopEvent())}\n${JSON.stringify(bad)}\n{"event_id": nonsense}`;
  const response = await post(app, "/v1/events", body);
  equal(response.status, 202);
  const { accepted, rejected, errors } = await response.json();
  deepEqual([accepted, rejected], [1, 2]);
  deepEqual(errors[0], {
    index: 1,
    event_id: "e2",
    code: "wrong_type",
    field: "price",
    reason: 'Cannot read price as a finite number: current value is "a lot"',
  });
  equal(errors[1].code, "not_json");
  equal(events().length, 1);
  deepEqual(deadLetters().map(({ text }) => text), [JSON.stringify(bad), '{"event_id": nonsense}']);
  deepEqual(deadLetters().map(({ headers }) => [headers["origin"], headers["code"]]), [
    ["collect", "wrong_type"],
    ["collect", "not_json"],
  ]);
});

Deno.test("a request of which no event is accepted is a problem that says why, and its events are kept", async () => {
  const { app, deadLetters } = testCollector();
  const response = await post(app, "/v1/events", [shopEvent({ user_id: "" })]);
  equal(response.status, 400);
  equal(response.headers.get("content-type"), "application/problem+json");
  const problem = await response.json();
  deepEqual([problem.accepted, problem.rejected, problem.errors[0].field], [0, 1, "user_id"]);
  match(problem.detail, /user_id/);
  equal(deadLetters().length, 1);
});

Deno.test("a body without an event is a problem", async () => {
  const { app, deadLetters } = testCollector();
  for (const body of ["", "  \n", "[]", "[ ]"]) equal((await post(app, "/v1/events", body)).status, 400);
  equal(deadLetters().length, 0);
});

Deno.test("an event without an id is refused; with an Idempotency-Key it has the same one each time", async () => {
  const { event_id: _, ...nameless } = shopEvent();
  const { app, events } = testCollector();
  equal((await post(app, "/v1/events", [nameless])).status, 400);
  for (const key of ["order-1", "order-1", "order-2"]) {
    const twins = [nameless, nameless];
    equal((await post(app, "/v1/events", twins, { "idempotency-key": key })).status, 202);
  }
  const ids = events().map(({ event }) => event["event_id"]);
  deepEqual(ids.slice(0, 2), ids.slice(2, 4));
  equal(new Set(ids).size, 4);
});

Deno.test("nothing is answered before the log has acknowledged", async () => {
  const acknowledgement = Promise.withResolvers<void>();
  const { app } = testCollector({
    log: { append: () => acknowledgement.promise, ranges: () => Promise.resolve([]) },
  });
  let answered = false;
  const answer = post(app, "/v1/events", [shopEvent()]).then((response) => {
    answered = true;
    return response;
  });
  await new Promise((resolve) => setTimeout(resolve, 20));
  equal(answered, false);
  acknowledgement.resolve();
  equal((await answer).status, 202);
});

Deno.test("a log that fails, or never answers, is a 503 that says when to come again", async () => {
  const logs = [() => Promise.reject(new Error("no leader")), () => new Promise<void>(() => {})];
  for (const append of logs) {
    const { app } = testCollector({
      log: { append, ranges: () => Promise.resolve([]) },
      limits: { ackTimeoutMs: 30 },
    });
    const response = await post(app, "/v1/events", [shopEvent()]);
    equal(response.status, 503);
    equal(response.headers.get("retry-after"), "5");
  }
});

Deno.test("only POST is answered, and the answer says so", async () => {
  const { app } = testCollector();
  for (const path of ["/v1/events", "/v1/batch", "/mp/collect", "/v1/shopify"]) {
    const response = await app.request(path);
    equal(response.status, 405, path);
    equal(response.headers.get("allow"), "POST, OPTIONS");
  }
});
