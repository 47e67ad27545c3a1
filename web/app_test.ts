import assert from "node:assert/strict";
import { MINUTE_MS, minuteStart } from "@countinghouse/core";
import { NOW, testApp } from "./app_fixture.ts";
import { kpiMinute } from "./kpi_fixture.ts";

const CURRENT = minuteStart(NOW);
const ago = (minutes: number) => CURRENT - minutes * MINUTE_MS;
const minutes = [2, 1, 0].map((at) => kpiMinute({ startMs: ago(at), counts: { sessions: at + 1 } }));

Deno.test("/kpis/latest answers the newest minute", async () => {
  using app = testApp(minutes);
  const response = await app.get("/kpis/latest");
  assert.equal(response.status, 200);
  const latest = await response.json();
  assert.equal(latest._id, "2026-03-01T12:00:00.000Z");
  assert.equal(latest.window_end, "2026-03-01T12:01:00.000Z");
  assert.equal(latest.metrics.sessions, 1);
});

Deno.test("/kpis/history is a plain array in ascending order", async () => {
  using app = testApp(minutes);
  const history = await (await app.get("/kpis/history")).json();
  assert.deepEqual(history.map(({ _id }: { _id: string }) => Date.parse(_id)), [ago(2), ago(1), ago(0)]);
});

Deno.test("every reading route takes a store", async () => {
  using app = testApp([kpiMinute({ startMs: CURRENT, storeId: "berlin" })]);
  assert.equal((await (await app.get("/kpis/latest?store_id=berlin")).json()).store_id, "berlin");
  assert.equal((await (await app.get("/kpis/history?store_id=berlin")).json()).length, 1);
  assert.deepEqual(await (await app.get("/kpis/history")).json(), []);
});

Deno.test("a bad parameter is answered with a problem that names it", async () => {
  using app = testApp();
  const response = await app.get("/kpis/history?minutes_back=0&fill=perhaps");
  assert.equal(response.status, 400);
  assert.equal(response.headers.get("content-type"), "application/problem+json");
  const problem = await response.json();
  assert.equal(problem.status, 400);
  assert.equal(problem.instance, "/kpis/history");
  assert.deepEqual(problem.errors, [
    { parameter: "minutes_back", reason: "must be a whole number from 1 to 10080" },
    { parameter: "fill", reason: "must be true or false" },
  ]);
});

Deno.test("what isn't there is a problem, too", async () => {
  using app = testApp();
  const response = await app.get("/nothing");
  assert.equal(response.status, 404);
  assert.equal(response.headers.get("content-type"), "application/problem+json");
});

Deno.test("a store that can't be read is a 503 that doesn't tell internals", async () => {
  const errors: string[] = [];
  const away = () => Promise.reject(new Error("connect ECONNREFUSED 10.0.0.7"));
  using app = testApp([], {
    reader: { windows: away, latest: away },
    latest: away,
    logger: { debug() {}, info() {}, warn() {}, error: (sentence) => errors.push(sentence) },
  });
  const response = await app.get("/kpis/latest");
  assert.equal(response.status, 503);
  assert.ok(!(await response.text()).includes("10.0.0.7"));
  assert.match(errors[0] ?? "", /ECONNREFUSED/);
});

Deno.test("/ledger adds up the partitions, and a sink that is away is null", async () => {
  using app = testApp();
  const ledger = await (await app.get("/ledger")).json();
  const { partitions, ...totals } = ledger;
  assert.deepEqual(totals, {
    read: 22,
    counted: 18,
    duplicates: 2,
    dead_lettered: 2,
    dead_letters: 2,
    sinks: { hot: 18, warehouse: null, lake: null },
  });
  assert.deepEqual(partitions.map(({ partition }: { partition: number }) => partition), [0, 1]);
});

Deno.test("/health is 200 when every part works, with each part's latency", async () => {
  using app = testApp([], { checks: { mongo: () => Promise.resolve({ lag: 3 }) } });
  const response = await app.get("/health");
  assert.equal(response.status, 200);
  const health = await response.json();
  assert.equal(health.status, "ok");
  assert.equal(health.dependencies.mongo.lag, 3);
  assert.equal(typeof health.dependencies.mongo.latency_ms, "number");
});

Deno.test("/health is 503 when one part doesn't, and says which and why", async () => {
  using app = testApp([], {
    checks: { kafka: () => Promise.resolve({}), mongo: () => Promise.reject(new Error("no primary")) },
  });
  const response = await app.get("/health");
  assert.equal(response.status, 503);
  const { dependencies } = await response.json();
  assert.equal(dependencies.kafka.status, "ok");
  assert.deepEqual([dependencies.mongo.status, dependencies.mongo.reason], ["failed", "no primary"]);
});

Deno.test("/metrics tells lag and books per partition, and the requests by route", async () => {
  using app = testApp();
  await app.get("/kpis/latest");
  await app.get("/no/such/page");
  const response = await app.get("/metrics");
  assert.match(response.headers.get("content-type") ?? "", /^text\/plain; version=0\.0\.4/);
  const lines = (await response.text()).split("\n");
  for (
    const line of [
      "countinghouse_up 1",
      'countinghouse_rollup_lag_records{partition="1"} 3',
      'countinghouse_records_read_total{partition="0"} 11',
      'http_requests_total{method="GET",route="/kpis/latest",status="200"} 1',
      'http_requests_total{method="GET",route="/*",status="404"} 1',
    ]
  ) assert.ok(lines.includes(line), `${line} is missing`);
});

Deno.test("/live begins with the newest minute and goes on with what changes", async () => {
  using app = testApp(minutes);
  const response = await app.get("/live");
  assert.equal(response.headers.get("content-type"), "text/event-stream; charset=utf-8");
  const events = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  const read = async () => (await events.read()).value ?? "";
  assert.equal(await read(), "retry: 1000\n\n");
  const first = await read();
  assert.match(first, /^id: \S+\nevent: kpi\ndata: \{.*\}\n\n$/);
  assert.deepEqual(JSON.parse(first.split("data: ")[1]!), minutes.at(-1));
  app.streams.publish(kpiMinute({ startMs: CURRENT, counts: { sessions: 77 } }));
  assert.equal(JSON.parse((await read()).split("data: ")[1]!).metrics.sessions, 77);
  await events.cancel();
  assert.equal(app.streams.viewers, 0);
});

Deno.test("asking for the head of /live opens no stream", async () => {
  using app = testApp(minutes);
  assert.equal((await app.get("/live", { method: "HEAD" })).status, 200);
  assert.equal(app.streams.viewers, 0);
});

Deno.test("large answers are compressed for who can take it", async () => {
  using app = testApp(minutes);
  const response = await app.get("/kpis/history", { headers: { "accept-encoding": "gzip" } });
  assert.equal(response.headers.get("content-encoding"), "gzip");
  const text = await new Response(response.body!.pipeThrough(new DecompressionStream("gzip"))).text();
  assert.equal(JSON.parse(text).length, 3);
});

Deno.test("assets may be kept for good, and are sent in the best encoding", async () => {
  const bytes = (text: string) => new TextEncoder().encode(text);
  const bodies = { br: bytes("br"), gzip: bytes("gz"), identity: bytes("plain") };
  using app = testApp([], { assets: new Map([["client-1.js", { type: "text/javascript", bodies }]]) });
  const get = (encoding: string) =>
    app.get("/assets/client-1.js", { headers: { "accept-encoding": encoding } });
  const response = await get("gzip, deflate, br");
  assert.equal(response.headers.get("cache-control"), "public, max-age=31536000, immutable");
  assert.equal(response.headers.get("content-encoding"), "br");
  assert.equal(await response.text(), "br");
  assert.equal(await (await get("")).text(), "plain");
  const again = await app.get("/assets/client-1.js", {
    headers: { "if-none-match": response.headers.get("etag")! },
  });
  assert.equal(again.status, 304);
  assert.equal((await app.get("/assets/other.js")).status, 404);
});
