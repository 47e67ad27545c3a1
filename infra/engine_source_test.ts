import assert from "node:assert/strict";
import { chooseSources, enginesFrom } from "./engine_source.ts";

Deno.test("an address in the settings comes first, whether Docker answers or not", () => {
  const sources = chooseSources({ mongoUri: "mongodb://db.example" }, true);
  assert.deepEqual(sources.mongo, { from: "settings", address: "mongodb://db.example" });
  assert.deepEqual(enginesFrom(sources, "compose"), ["kafka", "clickhouse"]);
});

Deno.test("without an address it is Docker Compose where a daemon answers, and local processes elsewhere", () => {
  assert.deepEqual(enginesFrom(chooseSources({}, true), "compose"), ["kafka", "mongo", "clickhouse"]);
  assert.deepEqual(enginesFrom(chooseSources({}, false), "local"), ["kafka", "mongo", "clickhouse"]);
});
