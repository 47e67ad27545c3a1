import assert from "node:assert/strict";
import { parse } from "yaml";
import { composeAddress, composeArguments, composeEnvironment } from "./compose.ts";

interface Service {
  readonly image: string;
  readonly build?: unknown;
  readonly profiles?: readonly string[];
  readonly command?: readonly string[];
  readonly ports?: readonly string[];
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly environment?: Readonly<Record<string, string>>;
}

const read = (name: string) => Deno.readTextFile(new URL(name, import.meta.url));
const file = parse(await read("./compose.yaml"), { merge: true });
const services: Readonly<Record<string, Service>> = file.services;
const workspace = JSON.parse(await read("../../deno.json"));

Deno.test("compose.yaml is YAML with the engines, the console, the workers and the web", () => {
  assert.deepEqual(Object.keys(services), [
    ...["redpanda", "mongo", "clickhouse", "console"],
    ...["rollup", "warehouse", "lake", "reconcile", "web", "simulate"],
  ]);
});

Deno.test("every image has a pinned version", async () => {
  const dockerfile = await read("./Dockerfile");
  const images = [
    ...Object.values(services).map(({ image }) => image),
    ...dockerfile.matchAll(/^FROM (\S+)/gm).map(([, image]) => image!),
  ];
  for (const image of images) assert.match(image, /^[\w./-]+:v?\d+(\.\d+)+$/, image);
});

Deno.test("every port is published on this machine's own address only", () => {
  const ports = Object.values(services).flatMap((service) => service.ports ?? []);
  assert.equal(ports.length, 5);
  for (const port of ports) assert.match(port, /^127\.0\.0\.1:\$\{[A-Z_]+:-\d+\}:\d+$/);
});

Deno.test("engines have a health check and start without a profile; members wait for one", () => {
  for (const name of ["redpanda", "mongo", "clickhouse"]) {
    assert.ok(services[name]!.healthcheck, name);
    assert.equal(services[name]!.profiles, undefined, name);
  }
  for (const name of ["rollup", "warehouse", "lake", "reconcile", "web"]) {
    assert.deepEqual(services[name]!.profiles, ["app"], name);
  }
});

Deno.test("each member's script is there, and its engines are found by their names in Docker's network", async () => {
  for (const name of ["rollup", "warehouse", "lake", "reconcile", "web", "simulate"]) {
    const { command, environment, build } = services[name]!;
    assert.ok((await Deno.stat(new URL(`../../${command![0]}`, import.meta.url))).isFile, name);
    assert.ok(build, name);
    assert.equal(environment?.["KAFKA_BOOTSTRAP_SERVERS"], "redpanda:29092");
    assert.match(environment?.["MONGO_URI"] ?? "", /^mongodb:\/\/mongo:27017\/\?replicaSet=rs0$/);
  }
  assert.equal(services["web"]!.environment?.["WEB_HOST"], "0.0.0.0");
});

Deno.test("the image's layer of packages is built from the manifest of every member", async () => {
  const dockerfile = await read("./Dockerfile");
  for (const member of workspace.workspace as string[]) {
    const folder = member.slice("./".length);
    assert.ok(
      dockerfile.includes(`COPY ${folder}/deno.json ${folder}/\n`),
      `${folder}/deno.json is not copied`,
    );
  }
  assert.match(dockerfile, /^USER deno$/m);
});

Deno.test("the engines that are asked for are brought up, and waited for", () => {
  const [compose, flag, path, ...rest] = composeArguments({ verb: "up", engines: ["kafka", "clickhouse"] });
  assert.deepEqual([compose, flag], ["compose", "--file"]);
  assert.match(path!, /infra\/compose\/compose\.yaml$/);
  assert.deepEqual(rest, ["up", "--detach", "--wait", "redpanda", "clickhouse"]);
});

Deno.test("a stop keeps the volumes, an erase doesn't", () => {
  assert.deepEqual(composeArguments({ verb: "stop", engines: ["mongo"] }).slice(3), [
    "stop",
    "--timeout",
    "4",
    "mongo",
  ]);
  assert.deepEqual(composeArguments({ verb: "erase" }).slice(3), ["down", "--volumes"]);
});

Deno.test("ports that were chosen here reach compose.yaml under the names that it reads", async () => {
  const environment = composeEnvironment({ kafka: 9_093, mongo: 27_018, clickhouse: 8_124 });
  assert.deepEqual(environment, { KAFKA_PORT: "9093", MONGO_PORT: "27018", CLICKHOUSE_PORT: "8124" });
  const text = await read("./compose.yaml");
  for (const name of Object.keys(environment)) assert.ok(text.includes(`\${${name}:-`), name);
});

Deno.test("engines in containers are reached on this machine's own address", () => {
  assert.equal(composeAddress("kafka", 9_093), "127.0.0.1:9093");
  assert.equal(composeAddress("mongo", 27_018), "mongodb://127.0.0.1:27018/?directConnection=true");
  assert.equal(composeAddress("clickhouse", 8_124), "http://127.0.0.1:8124");
});
