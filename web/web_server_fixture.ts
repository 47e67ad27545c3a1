import { createServer } from "node:net";
import { openHotStore } from "@countinghouse/hot";
import { loadSettings } from "@countinghouse/shared/config";
import { loadEndpoints } from "@countinghouse/shared/endpoints";

const READY_MS = 20_000;

/** For tests: a web server as a process of its own. */
export interface WebServer {
  readonly url: string;
  readonly process: Deno.ChildProcess;
  /** Its hot store, which is its own. */
  readonly hot: ReturnType<typeof openHotStore>;
}

/** For tests: runs one, with other settings in the environment where a test wants them. */
export async function withWebServer(
  test: (server: WebServer) => Promise<void>,
  environment: Readonly<Record<string, string>> = {},
): Promise<void> {
  const endpoints = loadEndpoints(loadSettings());
  const mongo = new URL(endpoints.mongoUri);
  mongo.pathname = `/web_${crypto.randomUUID().replaceAll("-", "")}`;
  const hot = openHotStore(mongo.href);
  const port = await freePort();
  const process = new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-check", "--allow-all", new URL("main.ts", import.meta.url).pathname],
    env: {
      KAFKA_BOOTSTRAP_SERVERS: endpoints.kafkaBootstrapServers,
      CLICKHOUSE_URL: endpoints.clickhouseUrl,
      MONGO_URI: mongo.href,
      PORT: String(port),
      ...environment,
    },
    stdout: "null",
    stderr: "null",
  }).spawn();
  const url = `http://127.0.0.1:${port}`;
  try {
    await until(async () =>
      (await fetch(`${url}/metrics`).then((response) => response.text())).includes("feed_connected 1")
    );
    await test({ url, process, hot });
  } finally {
    try {
      process.kill("SIGKILL");
    } catch {
      // It has ended by itself.
    }
    await process.status;
    await hot.database.dropDatabase();
    await hot.close();
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once("error", reject).listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}

async function until(check: () => Promise<boolean>): Promise<void> {
  const endMs = performance.now() + READY_MS;
  while (!(await check().catch(() => false))) {
    if (performance.now() > endMs) throw new Error(`Cannot see the server ready within ${READY_MS} ms`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
