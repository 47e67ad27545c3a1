import assert from "node:assert/strict";
import { minuteStart } from "@countinghouse/core";
import { kpiMinute } from "../kpi_fixture.ts";
import { followMinutes } from "./live_minutes.ts";
import { liveState, NOW } from "./live_state_fixture.ts";

/** An event stream that a test speaks for. */
class SpokenStream extends EventTarget {
  readonly url: string;
  readyState: number = EventSource.OPEN;
  closed = false;

  constructor(url: string) {
    super();
    this.url = url;
  }

  kpi(sessions: number, id: string): void {
    const window = kpiMinute({ startMs: minuteStart(NOW), counts: { sessions } });
    this.dispatchEvent(new MessageEvent("kpi", { data: JSON.stringify(window), lastEventId: id }));
  }

  close(): void {
    this.closed = true;
  }
}

function follow() {
  const streams: SpokenStream[] = [];
  const frames: (() => void)[] = [];
  const live = followMinutes(liveState(), {
    openStream: (url) => {
      const stream = new SpokenStream(url);
      streams.push(stream);
      return stream as unknown as EventSource;
    },
    now: () => NOW,
    beforeFrame: (task) => frames.push(task),
  });
  return { live, streams, frames, [Symbol.dispose]: () => live.close() };
}

Deno.test("the stream goes on where the server's rendering ended", () => {
  using following = follow();
  assert.equal(following.streams[0]?.url, "/live?store_id=default&since=run.0");
});

Deno.test("many events before a frame are one change", () => {
  using following = follow();
  const { live, streams, frames } = following;
  let changes = 0;
  live.subscribe(() => changes++);
  streams[0]!.kpi(1, "run.1");
  streams[0]!.kpi(2, "run.2");
  assert.equal(frames.length, 1);
  frames[0]!();
  assert.equal(changes, 1);
  assert.deepEqual(live.state.points.map(({ sessions }) => sessions), [2]);
  assert.equal(live.state.connection, "live");
});

Deno.test("what the server rendered stays at hand for those who hydrate later", () => {
  using following = follow();
  following.streams[0]!.kpi(1, "run.1");
  assert.deepEqual(following.live.rendered.points, []);
});

Deno.test("a lost connection is shown, and its return", () => {
  using following = follow();
  const [stream] = following.streams;
  stream!.dispatchEvent(new Event("open"));
  assert.equal(following.live.state.connection, "live");
  stream!.readyState = EventSource.CONNECTING;
  stream!.dispatchEvent(new Event("error"));
  assert.equal(following.live.state.connection, "reconnecting");
  stream!.dispatchEvent(new Event("open"));
  assert.equal(following.live.state.connection, "live");
});

Deno.test("closing ends the stream", () => {
  const { live, streams } = follow();
  live.close();
  assert.equal(streams[0]?.closed, true);
});
