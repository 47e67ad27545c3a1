import assert from "node:assert/strict";
import { MINUTE_MS, minuteStart } from "@countinghouse/core";
import { NOW, testApp } from "../app_fixture.ts";
import { kpiMinute } from "../kpi_fixture.ts";

const minutes = [5, 0].map((ago) =>
  kpiMinute({
    startMs: minuteStart(NOW) - ago * MINUTE_MS,
    counts: { sessions: 40, users: 30, purchases: 2, add_to_carts: 7 },
    euroCents: 12_345,
  })
);

Deno.test("the numbers are text in the page that the server sends", async () => {
  using app = testApp(minutes);
  const html = await (await app.get("/")).text();
  assert.match(html, /^<!doctype html><html lang="en">/);
  assert.match(html, /data-kpi="revenue".*?€123\.45.*?€246\.90/);
  assert.match(html, /data-kpi="orders".*?>2<.*?>4</);
  assert.match(html, /22<\/b> read = <b>18<\/b> counted \+ <b>2<\/b> duplicates \+ <b>2<\/b> dead-lettered/);
  assert.match(html, /<time dateTime="2026-03-01T12:00:00.000Z">/i);
});

Deno.test("scripts run only with the page's own nonce, and styles never come from the page", async () => {
  using app = testApp(minutes);
  const response = await app.get("/");
  const policy = response.headers.get("content-security-policy") ?? "";
  const nonce = /'nonce-([^']+)'/.exec(policy)?.[1];
  const html = await response.text();
  assert.ok(nonce !== undefined && html.includes(`nonce="${nonce}"`));
  assert.match(policy, /default-src 'none'/);
  assert.match(policy, /frame-ancestors 'none'/);
  assert.ok(!policy.includes("unsafe"));
  assert.ok(!/\sstyle="/.test(html), "there is an inline style, which the policy would refuse");
  assert.equal(response.headers.get("cache-control"), "no-store");
});

Deno.test("a store's name can't break out of the page", async () => {
  const store = `</script><script>alert(1)</script>`;
  using app = testApp(minutes);
  const html = await (await app.get(`/?store_id=${encodeURIComponent(store)}`)).text();
  assert.ok(!html.includes("<script>alert"));
  const state = /<script id="live-state" type="application\/json">(.*?)<\/script>/.exec(html)?.[1];
  assert.equal(JSON.parse(state!).storeId, store);
});

Deno.test("numbers are written in the language that the browser asks for", async () => {
  using app = testApp(minutes);
  const page = async (language: string) =>
    await (await app.get("/", { headers: { "accept-language": language } })).text();
  assert.match(await page("de-DE,de;q=0.9"), /123,45\s€/);
  assert.match(await page("*"), /€123\.45/);
  assert.match(await page("tlh, en"), /€123\.45/);
});

Deno.test("the page shows its numbers also when the books can't be read", async () => {
  using app = testApp(minutes, { books: () => Promise.reject(new Error("away")) });
  const response = await app.get("/");
  assert.equal(response.status, 200);
  assert.match(await response.text(), /The books can't be read at the moment/);
});
