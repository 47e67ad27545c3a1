import assert from "node:assert/strict";
import { type ClickHouseClient, ClickHouseError, ClickHouseLogLevel, createClient } from "@clickhouse/client";
import { type RunningServer, startServer } from "./server_fixture.ts";

/** Sockets that outlive a test, and errors that a test asks for, are no news. */
export const QUIET = { keep_alive: { enabled: false }, log: { level: ClickHouseLogLevel.OFF } };

type QueryOptions = Omit<Parameters<ClickHouseClient["query"]>[0], "query" | "format">;

/** A server with a client, for all tests of a file. */
export class ServerOfTests {
  #running: { server: RunningServer; client: ClickHouseClient } | undefined;

  /** Registers the start before the file's first test, and the stop behind its last. */
  constructor(flags: readonly string[] = []) {
    Deno.test.beforeAll(async () => {
      const server = await startServer(await Deno.makeTempDir(), flags);
      this.#running = { server, client: createClient({ url: server.url, ...QUIET }) };
    });
    Deno.test.afterAll(async () => {
      await this.client.close();
      await this.server.stop("SIGTERM");
      await Deno.remove(this.server.data, { recursive: true });
    });
  }

  get server(): RunningServer {
    assert.ok(this.#running, "the server has been started");
    return this.#running.server;
  }

  get client(): ClickHouseClient {
    assert.ok(this.#running, "the server has been started");
    return this.#running.client;
  }

  get url(): string {
    return this.server.url;
  }

  /** The rows of a query. */
  async rows<Row>(query: string, options: QueryOptions = {}): Promise<Row[]> {
    return await (await this.client.query({ ...options, query, format: "JSONEachRow" })).json<Row>();
  }

  /** Creates a table of the test's own and answers its name. */
  async createTable(columns: string): Promise<string> {
    const name = `t_${crypto.randomUUID().replaceAll("-", "")}`;
    await this.client.command({
      query: `CREATE TABLE ${name} (${columns}) ENGINE = MergeTree ORDER BY tuple()
        SETTINGS non_replicated_deduplication_window = 100`,
    });
    return name;
  }

  /** How many queries run that have a word in their text. */
  async running(word: string): Promise<number> {
    const found = await this.rows(
      "SELECT query FROM system.processes WHERE query LIKE {like:String} AND query NOT LIKE '%system.processes%'",
      { query_params: { like: `%${word}%` } },
    );
    return found.length;
  }
}

/** The error of ClickHouse that something is rejected with. */
export async function rejection(promise: Promise<unknown>): Promise<ClickHouseError> {
  const error = await promise.then(() => undefined, (reason) => reason);
  assert.ok(error instanceof ClickHouseError, `expected a ClickHouseError, got ${error}`);
  return error;
}

/** Waits for a condition. */
export async function until(
  condition: () => Promise<boolean>,
  what: string,
  deadlineMs = 10_000,
): Promise<void> {
  const deadline = performance.now() + deadlineMs;
  while (!await condition()) {
    if (performance.now() > deadline) throw new Error(`Cannot see ${what} within ${deadlineMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
