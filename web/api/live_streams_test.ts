import assert from "node:assert/strict";
import { MINUTE_MS, minuteStart } from "@countinghouse/core";
import { kpiMinute } from "../kpi_fixture.ts";
import { LiveStreams } from "./live_streams.ts";

const NOW = minuteStart(Date.parse("2026-03-01T12:00:00Z"));
const minute = (ago: number, sessions: number, storeId = "default") =>
  kpiMinute({ startMs: NOW - ago * MINUTE_MS, storeId, counts: { sessions } });
const none = () => Promise.resolve(minute(0, 0));

/** The sessions and the id of every event that has arrived, without waiting for more. */
async function received(streams: LiveStreams, stream: ReadableStream<Uint8Array>) {
  streams.close();
  const text = await new Response(stream).text();
  return [...text.matchAll(/^id: (.*)\nevent: kpi\ndata: (.*)$/gm)].map(([, id, data]) => ({
    id,
    sessions: JSON.parse(data!).metrics.sessions as number,
  }));
}

Deno.test("a viewer who comes from nowhere gets the newest minute, then changes of the own store", async () => {
  const streams = new LiveStreams(() => NOW);
  streams.publish(minute(0, 5));
  streams.publish(minute(1, 4));
  const stream = await streams.open("default", undefined, none);
  streams.publish(minute(0, 6));
  streams.publish(minute(0, 99, "other"));
  assert.deepEqual((await received(streams, stream)).map(({ sessions }) => sessions), [5, 6]);
});

Deno.test("where no recent minute is remembered, the newest is asked for", async () => {
  const streams = new LiveStreams(() => NOW);
  const stream = await streams.open("default", undefined, () => Promise.resolve(minute(600, 3)));
  assert.deepEqual((await received(streams, stream)).map(({ sessions }) => sessions), [3]);
});

Deno.test("a viewer who comes back gets each minute that changed meanwhile, once, and the newest", async () => {
  const streams = new LiveStreams(() => NOW);
  for (const ago of [3, 2, 1, 0]) streams.publish(minute(ago, 10 + ago));
  const since = streams.position;
  streams.publish(minute(2, 20));
  streams.publish(minute(2, 21));
  const stream = await streams.open("default", since, none);
  assert.deepEqual((await received(streams, stream)).map(({ sessions }) => sessions), [10, 21]);
});

Deno.test("a viewer of an earlier run of the server gets every minute remembered", async () => {
  const streams = new LiveStreams(() => NOW);
  for (const ago of [1, 0]) streams.publish(minute(ago, ago));
  const stream = await streams.open("default", "earlier.900", none);
  assert.deepEqual((await received(streams, stream)).map(({ sessions }) => sessions), [1, 0]);
});

Deno.test("ids rise, and the last one is the position", async () => {
  const streams = new LiveStreams(() => NOW);
  const stream = await streams.open("default", undefined, none);
  for (let sessions = 1; sessions <= 3; sessions++) streams.publish(minute(0, sessions));
  const { position } = streams;
  const numbers = (await received(streams, stream)).map(({ id }) => Number(id!.split(".")[1]));
  assert.deepEqual(numbers, [0, 1, 2, 3]);
  assert.equal(position.split(".")[1], "3");
});

Deno.test("a viewer who doesn't read is dropped, and the others are not", async () => {
  const streams = new LiveStreams(() => NOW);
  await streams.open("default", undefined, none);
  const reading = (await streams.open("default", undefined, none)).getReader();
  let sent = 0;
  while (streams.viewers === 2 && sent < 10_000) {
    streams.publish(minute(0, ++sent));
    // Reads all that is there: one chunk was published, and the two of the beginning come first.
    await reading.read();
  }
  assert.ok(sent < 10_000, "nobody was dropped");
  assert.equal(streams.viewers, 1);
  await reading.cancel();
  assert.equal(streams.viewers, 0);
  streams.close();
});
