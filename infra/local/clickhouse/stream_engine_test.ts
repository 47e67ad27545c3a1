import assert from "node:assert/strict";
import { createClient } from "@clickhouse/client";
import { QUIET, ServerOfTests, until } from "./client_fixture.ts";

const on = new ServerOfTests();

Deno.test("compression works both ways", async () => {
  for (
    const compression of [
      { request: true, response: true },
      { request: { codec: "zstd" }, response: { codec: "zstd" } },
      { request: { codec: "br" }, response: { codec: "br" } },
    ] as const
  ) {
    const own = createClient({ url: on.url, compression, ...QUIET });
    const table = await on.createTable("id UInt64, name String");
    await own.insert({
      table,
      values: Array.from({ length: 5_000 }, (_, id) => ({ id, name: "x".repeat(100) })),
      format: "JSONEachRow",
    });
    const result = await own.query({ query: `SELECT * FROM ${table} ORDER BY id`, format: "JSONEachRow" });
    const codec = compression.response === true ? "gzip" : compression.response.codec;
    assert.equal(result.response_headers["content-encoding"], codec);
    const read = await result.json<{ id: number }>();
    assert.equal(read.length, 5_000);
    assert.equal(read[4_999]?.id, 4_999);
    await own.close();
  }
});

Deno.test("without compression asked for, none is used", async () => {
  const result = await on.client.query({ query: "SELECT repeat('x', 100000) AS x", format: "JSONEachRow" });
  assert.equal(result.response_headers["content-encoding"], undefined);
  await result.text();
});

Deno.test("an aborted query stops in the engine too", async () => {
  const abort = new AbortController();
  const query = on.client.query({
    query: "SELECT sum(sipHash64(number)) AS aborted FROM numbers(1e13)",
    format: "JSONEachRow",
    abort_signal: abort.signal,
  });
  const outcome = query.then(() => "answered", () => "aborted");
  await until(async () => await on.running("aborted") === 1, "the query running");
  abort.abort();
  assert.equal(await outcome, "aborted");
  await until(async () => await on.running("aborted") === 0, "the query ended");
});

Deno.test("a reader that leaves in mid-stream stops the query", async () => {
  const result = await on.client.query({
    query: "SELECT number AS left_alone FROM numbers(1e12)",
    format: "JSONEachRow",
  });
  for await (const chunk of result.stream()) {
    assert.ok(chunk.length > 0);
    break;
  }
  result.close();
  await until(async () => await on.running("left_alone") === 0, "the query ended");
});

// The operating system's own figure, which is in /proc on Linux only.
const onLinux = { ignore: Deno.build.os !== "linux" };

Deno.test(
  "a result streams in flat memory: its second half needs no more than its first",
  onLinux,
  async () => {
    const half = 300e6;
    const peaks = [0, 0];
    let read = 0;
    const result = await on.client.exec({
      query: "SELECT number, repeat('x', 200) FROM numbers(2600000) FORMAT JSONEachRow",
    });
    for await (const chunk of result.stream) {
      const before = read;
      read += (chunk as Uint8Array).length;
      if (Math.floor(read / 20e6) === Math.floor(before / 20e6)) continue;
      const at = read < half ? 0 : 1;
      peaks[at] = Math.max(peaks[at]!, residentBytes(on.server.pid));
    }
    const [first, second] = peaks as [number, number];
    assert.ok(read > 2 * half, `read ${read} bytes`);
    assert.ok(second - first < 100e6, `the server grew by ${Math.round((second - first) / 1e6)} MB`);
  },
);

function residentBytes(pid: number): number {
  const status = Deno.readTextFileSync(`/proc/${pid}/status`);
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) * 1024;
}
