import assert from "node:assert/strict";
import { dateTime, few, joined, MOST_RANGES } from "./time_range.ts";

const range = (fromMs: number, toMs: number) => ({ fromMs, toMs });

Deno.test("ranges that touch are joined, others stay apart", () => {
  assert.deepEqual(joined([range(0, 5), range(5, 7), range(8, 9)]), [range(0, 7), range(8, 9)]);
  assert.deepEqual(joined([]), []);
});

Deno.test("too many ranges become the one that covers them", () => {
  const many = Array.from({ length: MOST_RANGES + 1 }, (_, at) => range(at * 10, at * 10 + 1));
  assert.deepEqual(few(many), [range(0, MOST_RANGES * 10 + 1)]);
  assert.equal(few(many.slice(1)).length, MOST_RANGES);
});

Deno.test("a time outside the years of ClickHouse's DateTime becomes the nearest that it has", () => {
  assert.equal(dateTime(Date.parse("1900-01-01")), "toDateTime(0, 'UTC')");
  assert.equal(dateTime(Date.parse("9000-01-01")), "toDateTime(4294967295, 'UTC')");
  assert.equal(dateTime(Date.parse("2026-03-01T00:00:00Z")), "toDateTime(1772323200, 'UTC')");
});
