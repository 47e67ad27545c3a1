import assert from "node:assert/strict";
import type { Offset } from "@countinghouse/core";
import { matches } from "./letter_filter.ts";
import { letterId } from "./letter_id.ts";
import { letterJson, letterText } from "./letter_text.ts";
import { listLetters } from "./list_letters.ts";
import { each, letter } from "./testing/letters.ts";

const PRICE = { code: "not_finite", field: "price", reason: "Cannot read price" } as const;

Deno.test("the newest letters are shown, the newest last, and all are summed up", async () => {
  const letters = [5, 1, 9, 3, 7, 2, 8].map((place) =>
    letter(place, "x", place > 6 ? { refusal: PRICE } : {})
  );
  const shown: string[] = [];
  const summary = await listLetters(each(letters), {
    limit: 3,
    states: new Map([["0:9", "sent"], ["0:8", "sending"]]),
    show: ({ at }, state) => shown.push(`${letterId(at)} ${state}`),
  });
  assert.deepEqual(shown, ["0:7 undefined", "0:8 sending", "0:9 sent"]);
  assert.deepEqual(summary.text().split("\n"), [
    "7 dead letters, 1 of them re-driven",
    "  LETTERS  RE-DRIVEN  CODE           FIELD",
    "        4          0  not_json       -",
    "        3          1  not_finite     price",
  ]);
});

Deno.test("without a limit all are shown as they come", async () => {
  const shown: string[] = [];
  const show = ({ at }: { at: { offset: number } }) => shown.push(String(at.offset));
  const letters = each([3, 1, 2].map((place) => letter(place, "x")));
  await listLetters(letters, { limit: undefined, states: new Map(), show });
  assert.deepEqual(shown, ["3", "1", "2"]);
});

Deno.test("a filter means what fits all that it names", () => {
  const one = letter(1, "x", { refusal: PRICE });
  for (const filter of [{}, { code: "not_finite" }, { field: "price", origin: "ingest" }] as const) {
    assert.ok(matches(one, filter));
  }
  for (const filter of [{ code: "empty" }, { field: "" }, { field: "price", origin: "rollup" }] as const) {
    assert.ok(!matches(one, filter));
  }
});

Deno.test("a letter is told with its place, its origin, the reason and how it begins, harmless to a terminal", () => {
  const source = { topic: "events", partition: 2, offset: 10_312 as Offset };
  const text = letterText(
    letter(17, "{\u001b[2J\n" + "a".repeat(200), { origin: "rollup", source, refusal: PRICE }),
    "sent",
  );
  const [row, reason, bytes] = text.split("\n");
  assert.match(
    row!,
    /^0:17 +2026-03-02T08:00:00.017Z rollup +events 2:10312 +not_finite +price {2}\(re-driven\)$/,
  );
  assert.equal(reason?.trim(), "Cannot read price");
  assert.equal(bytes?.trim(), `{ [2J ${"a".repeat(90)}...`);
});

Deno.test("a line of JSON holds the whole letter; bytes that are no text as base64", () => {
  const file = { name: "a.csv", line: 3 };
  assert.deepEqual(JSON.parse(letterJson(letter(1, "ü", { file }), undefined)), {
    letter: "0:1",
    refused_at: "2026-03-02T08:00:00.001Z",
    origin: "ingest",
    file,
    code: "not_json",
    field: "",
    reason: "Cannot read the event as JSON: it ends early",
    redriven: null,
    value_bytes: 2,
    value: "ü",
  });
  const odd = JSON.parse(letterJson(letter(1, "", { value: Uint8Array.of(0xff, 0) }), "sent"));
  assert.deepEqual([odd.value, odd.value_base64, odd.redriven], [undefined, "/wA=", "sent"]);
  assert.equal(JSON.parse(letterJson(letter(1, "", { value: null }), undefined)).value, null);
});
