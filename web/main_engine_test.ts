import assert from "node:assert/strict";
import { createServer } from "node:net";
import { MINUTE_MS, minuteStart } from "@countinghouse/core";
import { collections, openHotStore } from "@countinghouse/hot";
import { minuteDocument } from "@countinghouse/hot/fixture";
import { loadSettings } from "@countinghouse/shared/config";
import { loadEndpoints } from "@countinghouse/shared/endpoints";

const STOP_DEADLINE_MS = 3_000;
const endpoints = loadEndpoints(loadSettings());

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once("error", reject).listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}

/** The web server as a process of its own, on a database of its own. */
async function withServer(
  test: (url: string, server: Deno.ChildProcess, database: ReturnType<typeof openHotStore>) => Promise<void>,
): Promise<void> {
  const mongo = new URL(endpoints.mongoUri);
  mongo.pathname = `/web_${crypto.randomUUID().replaceAll("-", "")}`;
  const store = openHotStore(mongo.href);
  const port = await freePort();
  const server = new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-check", "--allow-all", new URL("main.ts", import.meta.url).pathname],
    env: {
      KAFKA_BOOTSTRAP_SERVERS: endpoints.kafkaBootstrapServers,
      CLICKHOUSE_URL: endpoints.clickhouseUrl,
      MONGO_URI: mongo.href,
      PORT: String(port),
    },
    stdout: "null",
    stderr: "null",
  }).spawn();
  const url = `http://127.0.0.1:${port}`;
  try {
    await until(async () =>
      (await fetch(`${url}/metrics`).then((response) => response.text())).includes("feed_connected 1")
    );
    await test(url, server, store);
  } finally {
    try {
      server.kill("SIGKILL");
    } catch {
      // It has ended by itself.
    }
    await server.status;
    await store.database.dropDatabase();
    await store.close();
  }
}

async function until(check: () => Promise<boolean>, deadlineMs = 20_000): Promise<void> {
  const endMs = performance.now() + deadlineMs;
  while (!(await check().catch(() => false))) {
    if (performance.now() > endMs) throw new Error(`Cannot see the condition met within ${deadlineMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const document = (events: number, through: number, ago = 0) =>
  minuteDocument({
    minuteMs: minuteStart(Date.now()) - ago * MINUTE_MS,
    through,
    counts: { events, sessions: events },
  });

Deno.test("a written document arrives at an open stream, and a stop ends stream and process", () =>
  withServer(async (url, server, { database }) => {
    const { minutes } = collections(database);
    await minutes.insertOne(document(1, 1));
    const response = await fetch(`${url}/live`);
    const events = response.body!.pipeThrough(new TextDecoderStream()).getReader();
    let seen = "";
    const readUntil = async (text: string) => {
      while (!seen.includes(text)) {
        const { value, done } = await events.read();
        if (done) throw new Error(`The stream ended before ${text}`);
        seen += value;
      }
    };
    await readUntil(`"sessions":1,`);
    const { _id, ...replacement } = document(2, 2);
    await minutes.replaceOne({ _id }, replacement, { upsert: true });
    await readUntil(`"sessions":2,`);

    const begin = performance.now();
    server.kill("SIGTERM");
    while (!(await events.read()).done) { /* what was still on its way */ }
    assert.equal((await server.status).code, 0);
    assert.ok(performance.now() - begin < STOP_DEADLINE_MS, "it took too long to stop");
  }));

Deno.test("two days of minutes come whole in one answer, in order", () =>
  withServer(async (url, _server, { database }) => {
    const count = 2_880;
    await collections(database).minutes.insertMany(
      Array.from({ length: count }, (_, index) => document(1, 1, index + 1)),
    );
    const history = await (await fetch(`${url}/kpis/history?minutes_back=${count + 10}`)).json();
    assert.equal(history.length, count);
    const ids = history.map(({ _id }: { _id: string }) => _id);
    assert.deepEqual(ids, [...ids].sort());
  }));
