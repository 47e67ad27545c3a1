import assert from "node:assert/strict";
import { MINUTE_MS, minuteStart } from "@countinghouse/core";
import { collections } from "@countinghouse/hot";
import { minuteDocument } from "@countinghouse/hot/fixture";
import { withWebServer } from "./web_server_fixture.ts";

const STOP_DEADLINE_MS = 3_000;

const document = (events: number, through: number, ago = 0) =>
  minuteDocument({
    minuteMs: minuteStart(Date.now()) - ago * MINUTE_MS,
    through,
    counts: { events, sessions: events },
  });

Deno.test("a written document arrives at an open stream, and a stop ends stream and process", () =>
  withWebServer(async ({ url, process, hot: { database } }) => {
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
    process.kill("SIGTERM");
    while (!(await events.read()).done) { /* what was still on its way */ }
    assert.equal((await process.status).code, 0);
    assert.ok(performance.now() - begin < STOP_DEADLINE_MS, "it took too long to stop");
  }));

Deno.test("two days of minutes come whole in one answer, in order", () =>
  withWebServer(async ({ url, hot: { database } }) => {
    const count = 2_880;
    await collections(database).minutes.insertMany(
      Array.from({ length: count }, (_, index) => document(1, 1, index + 1)),
    );
    const history = await (await fetch(`${url}/kpis/history?minutes_back=${count + 10}`)).json();
    assert.equal(history.length, count);
    const ids = history.map(({ _id }: { _id: string }) => _id);
    assert.deepEqual(ids, [...ids].sort());
  }));
