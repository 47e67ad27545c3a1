import assert from "node:assert/strict";
import { log4jProperties, serverProperties } from "./kafka_properties.ts";

const place = { installDir: "/engines/kafka", dataDir: "/data/kafka", port: 19_092, innerPort: 19_093 };

function read(text: string): Map<string, string> {
  return new Map(
    text.trim().split("\n").map((line) => [line.split("=", 1)[0]!, line.slice(line.indexOf("=") + 1)]),
  );
}

Deno.test("every listener of the node is on this machine's own address", () => {
  const settings = read(serverProperties(place));
  assert.equal(settings.get("listeners"), "PLAINTEXT://127.0.0.1:19092,CONTROLLER://127.0.0.1:19093");
  assert.equal(settings.get("advertised.listeners"), "PLAINTEXT://127.0.0.1:19092");
  assert.equal(settings.get("controller.quorum.voters"), "1@127.0.0.1:19093");
});

Deno.test("a message of 2 MB is taken, and a rebalance doesn't wait", () => {
  const settings = read(serverProperties(place));
  assert.ok(Number(settings.get("message.max.bytes")) > 2_000_000);
  assert.ok(Number(settings.get("replica.fetch.max.bytes")) >= Number(settings.get("message.max.bytes")));
  assert.equal(settings.get("group.initial.rebalance.delay.ms"), "0");
});

Deno.test("every internal topic is content with a single node", () => {
  const settings = read(serverProperties(place));
  for (const topic of ["offsets.topic", "transaction.state.log", "share.coordinator.state.topic"]) {
    assert.equal(settings.get(`${topic}.replication.factor`), "1", topic);
  }
});

Deno.test("Kafka logs warnings to its standard output", () => {
  const settings = read(log4jProperties());
  assert.equal(settings.get("rootLogger.level"), "warn");
  assert.equal(settings.get("appender.out.type"), "Console");
});
