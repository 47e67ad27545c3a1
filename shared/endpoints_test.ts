import assert from "node:assert/strict";
import { loadSettings, type Settings } from "./config.ts";
import { type Endpoints, endpointsFile, loadEndpoints, NoStackError } from "./endpoints.ts";

const RUNNING: Endpoints = {
  kafkaBootstrapServers: "127.0.0.1:19092",
  mongoUri: "mongodb://127.0.0.1:37017",
  clickhouseUrl: "http://127.0.0.1:18123",
  lakeUrl: "run/lake",
  webUrl: "http://127.0.0.1:8000",
};

Deno.test("a running stack tells where its engines answer", () => {
  assert.deepEqual(loadEndpoints(settings(), running(RUNNING)), RUNNING);
});

Deno.test("the file of the running stack is looked for in the data folder", () => {
  const withFolder = settings({ dataDir: "elsewhere" });
  assert.equal(endpointsFile(withFolder), "elsewhere/run/endpoints.json");
  const paths: string[] = [];
  loadEndpoints(withFolder, (path) => {
    paths.push(path);
    return JSON.stringify(RUNNING);
  });
  assert.deepEqual(paths, ["elsewhere/run/endpoints.json"]);
});

Deno.test("an address in the settings goes before the one of the running stack", () => {
  const own = { kafkaBootstrapServers: "kafka.example:9092", lakeUrl: "s3://bucket/lake" };
  assert.deepEqual(loadEndpoints(settings(own), running(RUNNING)), { ...RUNNING, ...own });
});

Deno.test("with all addresses in the settings no stack needs to run, and the lake is in the data folder", () => {
  const own = {
    kafkaBootstrapServers: "kafka.example:9092",
    mongoUri: "mongodb://mongo.example",
    clickhouseUrl: "http://warehouse.example:8123",
  };
  assert.deepEqual(loadEndpoints(settings(own), nothingRuns), { ...own, lakeUrl: ".local/lake" });
});

Deno.test("where an engine has no address, it is said what to do", () => {
  const message = "Cannot find the engines: start them with `deno task dev`, `start` or `stack`, " +
    "or set KAFKA_BOOTSTRAP_SERVERS, MONGO_URI and CLICKHOUSE_URL";
  assert.throws(() => loadEndpoints(settings(), nothingRuns), new NoStackError(message));
  assert.throws(
    () => loadEndpoints(settings({ mongoUri: "mongodb://mongo.example" }), nothingRuns),
    NoStackError,
  );
});

Deno.test("a file that can't be read is not taken for no stack", () => {
  const denied = () => {
    throw new Deno.errors.PermissionDenied("no");
  };
  assert.throws(() => loadEndpoints(settings(), denied), Deno.errors.PermissionDenied);
  assert.throws(() => loadEndpoints(settings(), () => "{half a fi"), SyntaxError);
});

function settings(changes: Partial<Settings> = {}): Settings {
  return { ...loadSettings({ environment: () => undefined, readText: () => undefined }), ...changes };
}

function running(endpoints: Endpoints): () => string {
  return () => JSON.stringify(endpoints);
}

function nothingRuns(): never {
  throw new Deno.errors.NotFound("no such file");
}
