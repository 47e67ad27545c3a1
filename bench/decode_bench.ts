import { decodeEvent } from "@countinghouse/core";
import { sampleEvents } from "./sample_event.ts";

const EVENTS = 1_000;
const texts = sampleEvents(EVENTS);
const utf8 = new TextEncoder();
const records = texts.map((text) => utf8.encode(text));
const decoder = new TextDecoder();

Deno.bench(
  `JSON.parse alone of ${EVENTS} events, which is the limit`,
  { group: "decode", baseline: true },
  () => {
    for (const record of records) JSON.parse(decoder.decode(record));
  },
);

Deno.bench(`decode of ${EVENTS} events`, { group: "decode" }, () => {
  for (const record of records) {
    if (!decodeEvent(record).ok) throw new Error("Cannot bench: a sample event was refused");
  }
});
