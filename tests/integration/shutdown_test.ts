import { deepEqual, notEqual, ok } from "node:assert/strict";
import { loadSettings } from "@countinghouse/shared/config";
import { signal, stillRunning } from "../processes.ts";
import { type Stack, startStack } from "../stack.ts";
import { waitUntil } from "../wait_until.ts";

/** Without addresses, and with no Docker daemon that could answer, `start` runs engines of its own. */
const OWN_ENGINES = {
  KAFKA_BOOTSTRAP_SERVERS: undefined,
  MONGO_URI: undefined,
  CLICKHOUSE_URL: undefined,
  LAKE_URL: undefined,
  DOCKER_HOST: "unix:///nowhere/docker.sock",
};

const WORKERS = ["workers/rollup", "workers/warehouse"];

Deno.test("the whole stack with engines of its own: workers come back, and Ctrl+C leaves nothing behind", async (test) => {
  const dataDir = await Deno.makeTempDir();
  try {
    await shareInstalledEngines(dataDir);
    await using stack = await startStack({ dataDir, environment: OWN_ENGINES });

    for (const folder of WORKERS) {
      await test.step(`${folder}, killed, is started again`, () => killAndSeeItBack(stack, folder));
    }

    await test.step("after SIGINT every process and every port is gone within 10 s", async () => {
      const processes = await stack.processes();
      const ports = await portsOf(stack, dataDir);
      ok(
        processes.length >= 6,
        `three engines, two workers and a web server are more than ${processes.length}`,
      );
      deepEqual(await answering(ports), ports, "these ports answer before");

      const tookMs = await stack.interrupt();

      ok(tookMs < 10_000, `it took ${tookMs} ms`);
      deepEqual((await stillRunning(processes)).map(({ commandLine }) => commandLine), []);
      deepEqual(await answering(ports), []);
      console.log(`all ${processes.length} processes gone ${Math.round(tookMs)} ms after SIGINT`);
    });
  } finally {
    await Deno.remove(dataDir, { recursive: true });
  }
});

/** What the test run has installed need not be installed again; all else is new. */
async function shareInstalledEngines(dataDir: string): Promise<void> {
  await Deno.symlink(await Deno.realPath(`${loadSettings().dataDir}/engines`), `${dataDir}/engines`);
}

async function killAndSeeItBack(stack: Stack, folder: string): Promise<void> {
  const victim = await waitUntil(folder, 10_000, () => stack.worker(folder));
  signal(victim, "SIGKILL");
  const next = await waitUntil(`another ${folder}`, 15_000, async () => {
    const found = await stack.worker(folder);
    return found !== undefined && found.pid !== victim.pid && found;
  });
  notEqual(next.pid, victim.pid);
  deepEqual(await stillRunning([victim]), []);
}

/** The ports that the running stack has written down, and the web server's. */
async function portsOf(stack: Stack, dataDir: string): Promise<readonly number[]> {
  const endpoints = JSON.parse(await Deno.readTextFile(`${dataDir}/run/endpoints.json`)) as Record<
    string,
    string
  >;
  const addresses = [
    endpoints["kafkaBootstrapServers"],
    endpoints["mongoUri"],
    endpoints["clickhouseUrl"],
    stack.webUrl,
  ];
  return addresses.map((address) => {
    const port = /:(\d+)(?:[/,?]|$)/.exec(address ?? "")?.[1];
    ok(port, `no port in ${address}`);
    return Number(port);
  });
}

async function answering(ports: readonly number[]): Promise<readonly number[]> {
  const tried = await Promise.all(ports.map(async (port) => {
    try {
      (await Deno.connect({ hostname: "127.0.0.1", port })).close();
      return [port];
    } catch {
      return [];
    }
  }));
  return tried.flat();
}
