import assert from "node:assert/strict";
import { BSON } from "mongodb";
import { BreakdownState, decodeEvent, type Offset } from "@countinghouse/core";
import { fromStoredBreakdown } from "./breakdown_codec.ts";

const MOST_BYTES = 256 * 1_024;

Deno.test("a breakdown's document stays under 256 KB, however many, long and foreign its values are", () => {
  const state = new BreakdownState("2026-03-01T12:00:00.000Z/0/default", "default", Date.UTC(2026, 2, 1, 12));
  for (let at = 0; at < 6_000; at++) {
    const name = `${at}`.padEnd(300, "\u6587");
    const answer = decodeEvent(new TextEncoder().encode(JSON.stringify({
      event_id: `e${at}`,
      event_type: "purchase",
      event_ts: "2026-03-01T12:00:00Z",
      user_id: "u",
      session_id: "s",
      page: name,
      product_id: name,
      value: 1,
      currency: ["EUR", "USD", "JPY", "KWD", "SEK"][at % 5],
      utm: { source: name, medium: name, campaign: name },
      device: { os: name, mobile: at % 2 === 0 },
      geo: { country: name, city: name },
    })));
    assert.ok(answer.ok);
    state.count(answer.value, at as Offset, 0);
  }
  const bytes = BSON.calculateObjectSize(fromStoredBreakdown(state.toStored(), 0));
  assert.ok(bytes < MOST_BYTES, `${bytes} bytes`);
  assert.ok(bytes > MOST_BYTES / 4, `${bytes} bytes: what is kept could be more`);
});
