import assert from "node:assert/strict";
import { createLogger } from "@countinghouse/shared/telemetry";
import { protocolError } from "./kafkajs_cluster.ts";
import { Outage } from "./outage.ts";

const NOT_LEADER_FOR_PARTITION = 6;
const MESSAGE_TOO_LARGE = 10;
const never = new AbortController().signal;

function quietOutage(): { outage: Outage; lines: string[] } {
  const lines: string[] = [];
  return { outage: new Outage(createLogger("info", (line) => lines.push(line))), lines };
}

Deno.test("what fails in passing is tried again, without a word to the user", async () => {
  const { outage, lines } = quietOutage();
  let attempts = 0;
  const result = await outage.outlast({ what: "asking", signal: never }, () => {
    return ++attempts < 3
      ? Promise.reject(protocolError(NOT_LEADER_FOR_PARTITION))
      : Promise.resolve("answer");
  });
  assert.equal(result, "answer");
  assert.equal(attempts, 3);
  assert.deepEqual(lines, []);
});

Deno.test("what trying again can't help fails at once", async () => {
  const { outage } = quietOutage();
  for (const error of [protocolError(MESSAGE_TOO_LARGE), new TypeError("a bug")]) {
    let attempts = 0;
    const attempt = () => {
      attempts++;
      return Promise.reject(error);
    };
    await assert.rejects(outage.outlast({ what: "asking", signal: never }, attempt), error);
    assert.equal(attempts, 1);
  }
});

Deno.test("after its time is up, the last error is passed on", async () => {
  const { outage } = quietOutage();
  const attempt = () => Promise.reject(protocolError(NOT_LEADER_FOR_PARTITION));
  await assert.rejects(outage.outlast({ what: "asking", signal: never, timeoutMs: 120 }, attempt), {
    type: "NOT_LEADER_FOR_PARTITION",
  });
});

Deno.test("an abort ends the waiting", async () => {
  const { outage } = quietOutage();
  const stop = new AbortController();
  const attempt = () => Promise.reject(protocolError(NOT_LEADER_FOR_PARTITION));
  const outlasting = outage.outlast({ what: "asking", signal: stop.signal }, attempt);
  stop.abort(new Error("enough"));
  await assert.rejects(outlasting);
});

Deno.test("an outage of many requests is told once, and its end when the last of them works", async () => {
  const { outage, lines } = quietOutage();
  let down = true;
  const attempt = () => down ? Promise.reject(protocolError(NOT_LEADER_FOR_PARTITION)) : Promise.resolve();
  const requests = ["reading a", "reading b", "appending to a"].map((what) =>
    outage.outlast({ what, signal: never }, attempt)
  );
  while (lines.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
  down = false;
  await Promise.all(requests);
  assert.equal(lines.length, 2, lines.join("\n"));
  assert.match(
    lines[0]!,
    /^warn: Kafka does not answer; trying again until it does while="reading a" error="This server is not the leader/,
  );
  assert.match(lines[1]!, /^Kafka answers again seconds=[\d.]+$/);
});
