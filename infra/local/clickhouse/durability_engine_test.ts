import assert from "node:assert/strict";
import { createClient } from "@clickhouse/client";
import { QUIET, until } from "./client_fixture.ts";
import { startServer } from "./server_fixture.ts";

const connect = (url: string) => createClient({ url, ...QUIET });

async function withFolder(test: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("every insert that was answered is there after kill -9 under load, and none is there by half", () =>
  withFolder(async (folder) => {
    const rowsPerInsert = 1_000;
    const first = await startServer(folder);
    const client = connect(first.url);
    await client.command({
      query: "CREATE TABLE kept (batch UInt32, row UInt32) ENGINE = MergeTree ORDER BY batch",
    });
    const answered = new Set<number>();
    let enough: () => void = () => {};
    const underLoad = new Promise<void>((resolve) => enough = resolve);
    const writing = (async () => {
      for (let batch = 0;; batch++) {
        await client.insert({
          table: "kept",
          values: Array.from({ length: rowsPerInsert }, (_, row) => ({ batch, row })),
          format: "JSONEachRow",
        });
        answered.add(batch);
        if (answered.size === 50) enough();
      }
    })().catch(() => "the server is gone");
    await underLoad;
    await first.stop("SIGKILL");
    assert.equal(await writing, "the server is gone");
    await client.close();

    const second = await startServer(folder);
    const reader = connect(second.url);
    const result = await reader.query({
      query: "SELECT batch, toUInt32(count()) AS rows FROM kept GROUP BY batch",
      format: "JSONEachRow",
    });
    const found = await result.json<{ batch: number; rows: number }>();
    assert.deepEqual(found.filter(({ rows }) => rows !== rowsPerInsert), []);
    const batches = new Set(found.map(({ batch }) => batch));
    assert.deepEqual([...answered].filter((batch) => !batches.has(batch)), []);
    await reader.close();
    await second.stop("SIGTERM");
  }));

Deno.test("SIGTERM ends the process within a second, also while queries run", () =>
  withFolder(async (folder) => {
    const server = await startServer(folder);
    const client = connect(server.url);
    const long = client.query({
      query: "SELECT sum(sipHash64(number)) FROM numbers(1e13)",
      format: "JSONEachRow",
    })
      .then(() => "answered", () => "ended");
    const running = async () => {
      const found = await client.query({
        query:
          "SELECT 1 FROM system.processes WHERE query LIKE '%sum(sipHash64%' AND query NOT LIKE '%processes%'",
        format: "JSONEachRow",
      });
      return (await found.json()).length === 1;
    };
    await until(running, "the query running");
    const tookMs = await server.stop("SIGTERM");
    assert.equal(await long, "ended");
    assert.ok(tookMs < 1_500, `it took ${Math.round(tookMs)} ms`);
    await client.close();
  }));
