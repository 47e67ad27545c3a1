import assert from "node:assert/strict";
import { progressText, summaryText } from "./report.ts";

const TALLY = { accepted: 1_500, refused: 2, firstRefusals: [] };

Deno.test("progress has a bar on a terminal, and only words elsewhere", () => {
  const pace = { bytesRead: 50, totalBytes: 100, elapsedMs: 1_000 };
  const words = "50 % 1,500 accepted, 2 refused, 1,502/s";
  assert.equal(progressText(TALLY, pace, true), `[############............] ${words}`);
  assert.equal(progressText(TALLY, pace, false), words);
});

Deno.test("a pipe and an empty file have no percentage", () => {
  for (const totalBytes of [undefined, 0]) {
    const pace = { bytesRead: 0, totalBytes, elapsedMs: 500 };
    assert.equal(progressText(TALLY, pace, true), "1,500 accepted, 2 refused, 3,004/s");
  }
});

Deno.test("the summary explains the first refusals and counts the others, harmless to a terminal", () => {
  const bytes = new TextEncoder().encode(`{"user_id":"\x1b[31m"}${"x".repeat(500)}`);
  const refusal = {
    code: "empty",
    field: "user_id",
    reason: "Cannot read user_id as a text: it is empty",
  } as const;
  const tally = { ...TALLY, firstRefusals: [{ record: { line: 17, bytes, length: bytes.length }, refusal }] };
  const text = summaryText("a.ndjson", tally, { bytesRead: 9, totalBytes: 9, elapsedMs: 2_000 }, false);
  const [head, reason, preview, more] = text.split("\n");
  assert.equal(head, "a.ndjson: 1,500 accepted, 2 refused in 2.0 s (751/s)");
  assert.equal(reason, "  line 17: Cannot read user_id as a text: it is empty [empty user_id]");
  assert.match(preview!, /^ {4}\{"user_id":" \[31m"\}x+\.\.\.$/);
  assert.equal(more, "  and 1 more");
});

Deno.test("a dry run says that nothing was sent", () => {
  const pace = { bytesRead: 9, totalBytes: 9, elapsedMs: 2_000 };
  assert.match(summaryText("a.ndjson", { ...TALLY, refused: 0 }, pace, true), /, nothing sent$/);
});
