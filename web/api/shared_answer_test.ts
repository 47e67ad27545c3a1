import assert from "node:assert/strict";
import { withDeadline } from "./deadline.ts";
import { shareAnswer } from "./shared_answer.ts";

Deno.test("those who ask in a short time share an answer", async () => {
  let nowMs = 0;
  let asked = 0;
  const answer = shareAnswer(() => Promise.resolve(++asked), 1_000, () => nowMs);
  assert.deepEqual(await Promise.all([answer(), answer()]), [1, 1]);
  nowMs = 1_000;
  assert.equal(await answer(), 1);
  nowMs = 1_001;
  assert.equal(await answer(), 2);
});

Deno.test("an answer that took long is kept for long", async () => {
  let nowMs = 0;
  let asked = 0;
  const answer = shareAnswer(
    () => {
      nowMs += 300;
      return Promise.resolve(++asked);
    },
    1_000,
    () => nowMs,
  );
  assert.equal(await answer(), 1);
  nowMs = 6_000;
  assert.equal(await answer(), 1);
  nowMs = 6_001;
  assert.equal(await answer(), 2);
});

Deno.test("a failure is not shared with who asks later", async () => {
  let asked = 0;
  const answer = shareAnswer(
    () => ++asked === 1 ? Promise.reject(new Error("away")) : Promise.resolve(asked),
    1_000,
    () => 0,
  );
  await assert.rejects(answer(), /away/);
  assert.equal(await answer(), 2);
});

Deno.test("an answer that doesn't come is not waited for", async () => {
  await assert.rejects(withDeadline(new Promise(() => {}), 5), /no answer within 5 ms/);
  assert.equal(await withDeadline(Promise.resolve(7), 5), 7);
});
