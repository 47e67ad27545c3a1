import assert from "node:assert/strict";
import { loadSettings } from "@countinghouse/shared/config";
import type { EngineName } from "./local/mod.ts";
import {
  collector,
  processesOf,
  SHOP,
  WEB,
  type Worker,
  workers,
  type WorkerSurroundings,
} from "./worker.ts";

const surroundings: WorkerSurroundings = {
  root: "/house",
  dataDir: "/house/.local",
  endpoints: {
    kafkaBootstrapServers: "127.0.0.1:9092",
    mongoUri: "mongodb://127.0.0.1:27017/?directConnection=true",
    clickhouseUrl: "http://127.0.0.1:8123",
    lakeUrl: "/house/.local/lake",
  },
  webPort: 8000,
  logLevel: "info",
  ownEngines: new Set<EngineName>(["kafka", "mongo", "clickhouse"]),
};
const settings = loadSettings({ environment: () => undefined, readText: () => undefined });
const COLLECT = collector(settings, 8001, ["/house/.local/keys.json"]);
const everyWorker: readonly Worker[] = [...workers(settings), WEB, COLLECT, SHOP];

Deno.test("each worker's command line has its folder, and each has its own log file", () => {
  const specs = everyWorker.flatMap((worker) => processesOf(worker, surroundings));
  for (
    const name of [
      "workers/rollup",
      "workers/warehouse",
      "workers/lake",
      "workers/reconcile",
      "workers/collect",
      "workers/simulate",
      "web/",
    ]
  ) {
    assert.equal(specs.filter(({ args }) => args.some((arg) => arg.startsWith(name))).length, 1, name);
  }
  assert.equal(new Set(specs.map(({ logFile }) => logFile)).size, specs.length);
});

Deno.test("each worker's program is there", async () => {
  for (const { script } of everyWorker) {
    assert.ok((await Deno.stat(new URL(`../${script}`, import.meta.url))).isFile, script);
  }
});

Deno.test("every worker has the permissions of its own deno.json, and no worker has all", async () => {
  for (const worker of everyWorker) {
    const [spec] = processesOf(worker, surroundings);
    assert.ok(spec!.args.includes("--permission-set"), worker.name);
    assert.ok(!spec!.args.some((arg) => arg === "--allow-all" || arg === "-A"), worker.name);
    const folder = worker.script.slice(0, worker.script.lastIndexOf("/"));
    const member = JSON.parse(await Deno.readTextFile(new URL(`../${folder}/deno.json`, import.meta.url)));
    assert.ok(member.permissions?.default, `${folder}/deno.json declares no permissions`);
  }
});

Deno.test("a worker of a stack with engines of its own may talk to its peers only", () => {
  const netOf = (worker: Worker) =>
    processesOf(worker, surroundings)[0]!.args.find((a) => a.startsWith("--allow-net"));
  const [rollup, warehouse] = workers(settings);
  assert.equal(netOf(rollup!), "--allow-net=127.0.0.1:9092,127.0.0.1:27017");
  assert.equal(netOf(warehouse!), "--allow-net=127.0.0.1:9092,127.0.0.1:27017,127.0.0.1:8123");
  assert.equal(netOf(WEB), "--allow-net=127.0.0.1:9092,127.0.0.1:27017,127.0.0.1:8123,127.0.0.1:8000");
  assert.equal(netOf(COLLECT), "--allow-net=127.0.0.1:9092,127.0.0.1:8001");
  assert.equal(netOf(SHOP), "--allow-net=127.0.0.1:9092");
});

Deno.test("the lake's worker may write the lake's folder and nothing else; in a bucket, it may talk to its service", () => {
  const lake = workers(settings).find(({ name }) => name === "lake")!;
  const [inFolder] = processesOf(lake, surroundings);
  const flags = (args: readonly string[]) => args.filter((arg) => arg.startsWith("--allow-"));
  assert.deepEqual(flags(inFolder!.args), [
    "--allow-net=127.0.0.1:9092,127.0.0.1:27017",
    "--allow-read=countinghouse.json,node_modules,/house/.local/lake",
    "--allow-write=/house/.local/lake",
  ]);
  const endpoints = { ...surroundings.endpoints, lakeUrl: "s3://bucket/lake" };
  const [inBucket] = processesOf(lake, { ...surroundings, endpoints });
  assert.deepEqual(flags(inBucket!.args), ["--allow-read=countinghouse.json,node_modules"]);
});

Deno.test("the collector may read its settings and its keys, and learns its port", () => {
  const [spec] = processesOf(COLLECT, surroundings);
  assert.ok(spec!.args.includes("--allow-read=countinghouse.json,/house/.local/keys.json"));
  assert.equal(spec!.env?.["COLLECT_PORT"], "8001");
});

Deno.test("a peer elsewhere may name further hosts, so the network stays as the worker declares it", () => {
  const elsewhere = { ...surroundings, ownEngines: new Set<EngineName>(["mongo"]) };
  for (const worker of everyWorker) {
    const [spec] = processesOf(worker, elsewhere);
    assert.ok(!spec!.args.some((arg) => arg.startsWith("--allow-net")), worker.name);
  }
});

Deno.test("parallelism in the settings is the number of processes, each with a name of its own", () => {
  const [rollup] = workers({ ...settings, rollup: { ...settings.rollup, parallelism: 3 } });
  const names = processesOf(rollup!, surroundings).map(({ name }) => name);
  assert.deepEqual(names, ["rollup-1", "rollup-2", "rollup-3"]);
});

Deno.test("a worker learns from its environment where everything is", () => {
  const [spec] = processesOf(WEB, surroundings);
  assert.deepEqual(spec!.env, {
    KAFKA_BOOTSTRAP_SERVERS: "127.0.0.1:9092",
    MONGO_URI: "mongodb://127.0.0.1:27017/?directConnection=true",
    CLICKHOUSE_URL: "http://127.0.0.1:8123",
    LAKE_URL: "/house/.local/lake",
    DATA_DIR: "/house/.local",
    PORT: "8000",
    LOG_LEVEL: "info",
    WORKER_NAME: "web",
  });
});
