import assert from "node:assert/strict";
import { Suspicion } from "./suspicion.ts";

const at = (atMs: number, behind: number, ahead: number, signature = "3/2") => ({
  signature,
  atMs,
  behind: new Map([[0, behind]]),
  ahead: new Map([[0, ahead]]),
});

Deno.test("a difference counts when it is the same after the one store has passed what the other held", () => {
  const suspicion = new Suspicion();
  assert.equal(suspicion.isConfirmed("m", at(0, 90, 100)), false);
  assert.equal(suspicion.isConfirmed("m", at(5_000, 99, 120)), false, "one record short");
  assert.equal(suspicion.isConfirmed("m", at(10_000, 100, 140)), true);
});

Deno.test("a difference that changes is another one, and one that was cleared begins anew", () => {
  const suspicion = new Suspicion();
  assert.equal(suspicion.isConfirmed("m", at(0, 100, 100)), false);
  assert.equal(suspicion.isConfirmed("m", at(5_000, 100, 100, "4/2")), false);
  suspicion.clear("m");
  assert.equal(suspicion.isConfirmed("m", at(10_000, 100, 100, "4/2")), false);
  assert.equal(suspicion.isConfirmed("m", at(15_000, 100, 100, "4/2")), true);
});

Deno.test("it is not believed at once, since sessions are written a little later than the rest", () => {
  const suspicion = new Suspicion();
  assert.equal(suspicion.isConfirmed("m", at(0, 100, 100)), false);
  assert.equal(suspicion.isConfirmed("m", at(100, 100, 100)), false);
});
