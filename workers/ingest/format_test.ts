import assert from "node:assert/strict";
import { detectFormat } from "./format.ts";

for (
  const [fileName, beginning, format] of [
    ["a.ndjson", '{"a":1}', "ndjson"],
    ["a.jsonl.gz", '{"a":1}', "ndjson"],
    ["A.JSON", '{"a":1}', "ndjson"],
    ["a.ndjson", "spoilt first line", "ndjson"],
    ["a.json", " \n [", "json"],
    ["a.csv", "event_id,user_id", "csv"],
    ["a.csv.gz", '"event_id"', "csv"],
    ["a.csv", "[odd header]", "csv"],
    ["standard input", '  {"a":1}', "ndjson"],
    ["standard input", "[{", "json"],
    ["standard input", "event_id,user_id", "csv"],
    ["events", "", "csv"],
  ] as const
) {
  Deno.test(`${fileName} that begins with ${JSON.stringify(beginning)} is ${format}`, () => {
    assert.equal(detectFormat(fileName, new TextEncoder().encode(beginning)), format);
  });
}
