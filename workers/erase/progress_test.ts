import assert from "node:assert/strict";
import { ToldError } from "@countinghouse/shared/told_error";
import { Progress } from "./progress.ts";

const fail = () => Promise.reject(new Error("connection refused"));

Deno.test("a failing step is told with what was done before it", async () => {
  const progress = new Progress(new AbortController().signal);
  await assert.rejects(
    progress.step("Cannot erase from ClickHouse", fail),
    new ToldError(
      "Cannot erase from ClickHouse: connection refused. So far nothing was erased; run it again to finish",
    ),
  );
  assert.equal(await progress.step("", () => Promise.resolve(7), (rows) => `${rows} rows in ClickHouse`), 7);
  await assert.rejects(
    progress.step("Cannot erase from the Parquet files", fail),
    /connection refused\. So far erased: 7 rows in ClickHouse; run it again to finish$/,
  );
});

Deno.test("a step that fails because it was interrupted says so", async () => {
  const interrupting = new AbortController();
  interrupting.abort(new Error("asked to stop"));
  await assert.rejects(new Progress(interrupting.signal).step("Cannot", fail), /^Error: asked to stop$/);
});
