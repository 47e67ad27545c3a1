import assert from "node:assert/strict";
import { runWithoutStack } from "@countinghouse/shared/command_fixture";
import { type ComparedMinute, minuteLine, verdictOn } from "./compared_minute.ts";
import { NO_FACTS } from "./minute_facts.ts";
import { parseCommand } from "./options.ts";
import { MINUTE } from "./testing/event_records.ts";

const run = (...args: string[]) => runWithoutStack(new URL("compare.ts", import.meta.url), args);

const facts = { ...NO_FACTS, counts: { ...NO_FACTS.counts, events: 3 } };
const minute: ComparedMinute = {
  storeId: "default",
  minuteMs: MINUTE,
  hot: facts,
  isFinal: true,
  warehouse: facts,
  lake: facts,
};

Deno.test("a minute is equal in all three, differs by name, or is not judged yet", () => {
  assert.deepEqual(verdictOn(minute), { what: "equal" });
  assert.deepEqual(verdictOn({ ...minute, hot: NO_FACTS, lake: undefined }), {
    what: "differs",
    figures: ["events MongoDB 0, ClickHouse 3", "events ClickHouse 3, Parquet 0"],
  });
  assert.deepEqual(verdictOn({ ...minute, hot: NO_FACTS, isFinal: false }), { what: "not final" });
});

Deno.test("what MongoDB keeps no more is compared in the other two, and the line says so", () => {
  const old = { ...minute, hot: undefined };
  assert.match(
    minuteLine(old, verdictOn(old)),
    /^2026-03-01T12:00Z +default +3 .*equal \(MongoDB keeps it no more\)$/,
  );
});

Deno.test("an interval is of whole minutes; one that holds none is told", () => {
  assert.deepEqual(parseCommand(["--from", "2026-03-01T12:00:30Z", "--to", "2026-03-02"]), {
    fromMs: MINUTE,
    toMs: Date.parse("2026-03-02"),
    storeId: undefined,
    onlyDiffering: false,
  });
  assert.throws(() => parseCommand(["--from", "2026-03-02", "--to", "2026-03-01"]), /holds no minute/);
  assert.throws(() => parseCommand(["--from", "yesterday", "--to", "2026-03-01"]), /"yesterday"/);
});

Deno.test("the help needs no stack, a wrong command line and a missing stack are told", async () => {
  const help = await run("--help");
  assert.equal(help.code, 0);
  assert.match(help.stdout, /deno task reconcile --from/);
  const wrong = await run();
  assert.equal(wrong.code, 1);
  assert.match(wrong.stderr, /^Cannot reconcile: name --from and --to/);
  const without = await run("--from", "2026-03-01", "--to", "2026-03-02");
  assert.match(without.stderr, /^Cannot find the engines/);
});
