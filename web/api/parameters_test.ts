import assert from "node:assert/strict";
import { parseStore } from "./parameters.ts";
import { ProblemError } from "./problem.ts";

Deno.test("a store may have any name", () => {
  assert.equal(parseStore({ store_id: "Zürich / Süd" }), "Zürich / Süd");
  assert.equal(parseStore({}), "default");
});

Deno.test("an empty store, and one with a very long name, are refused by name", () => {
  for (const store_id of ["", "x".repeat(257)]) {
    assert.throws(() => parseStore({ store_id }), (error) => {
      assert.ok(error instanceof ProblemError);
      assert.deepEqual(error.problem.errors?.map(({ parameter }) => parameter), ["store_id"]);
      return true;
    });
  }
});
