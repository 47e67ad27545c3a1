import assert from "node:assert/strict";
import { UsageError } from "@countinghouse/shared/command";
import { parseCommand } from "./options.ts";
import { EVERYTHING } from "./scope.ts";

Deno.test("everything, or an interval, of one store or all", () => {
  assert.deepEqual(parseCommand(["--all"]), {
    do: "rebuild hot",
    source: "kafka",
    scope: undefined,
    dryRun: false,
  });
  assert.deepEqual(
    parseCommand([
      "--from",
      "2026-03-01T12:00:00Z",
      "--to=2026-03-01T14:00:00+01:00",
      "--store",
      "nord",
      "--dry-run",
    ]),
    {
      do: "rebuild hot",
      source: "kafka",
      scope: {
        fromMs: Date.parse("2026-03-01T12:00:00Z"),
        toMs: Date.parse("2026-03-01T13:00:00Z"),
        store: "nord",
      },
      dryRun: true,
    },
  );
  assert.deepEqual(parseCommand(["--help"]), { do: "help" });
});

Deno.test("a day or a time without a zone is UTC, and an interval may be open", () => {
  const open = parseCommand(["--from", "2026-03-01"]);
  assert.deepEqual(open, {
    do: "rebuild hot",
    source: "kafka",
    scope: { fromMs: Date.parse("2026-03-01T00:00:00Z"), toMs: EVERYTHING.toMs },
    dryRun: false,
  });
});

Deno.test("from the lake an interval of minutes, and into the warehouse any events", () => {
  const scope = { fromMs: Date.parse("2026-03-01T00:00:00Z"), toMs: Date.parse("2026-03-02T00:00:00Z") };
  const interval = ["--source", "lake", "--from", "2026-03-01", "--to", "2026-03-02"];
  assert.deepEqual(parseCommand(interval), { do: "rebuild hot", source: "lake", scope, dryRun: false });
  assert.deepEqual(parseCommand([...interval, "--into", "warehouse", "--dry-run"]), {
    do: "rebuild warehouse",
    scope,
    dryRun: true,
  });
  assert.deepEqual(parseCommand(["--source=lake", "--into=warehouse", "--all"]), {
    do: "rebuild warehouse",
    scope: undefined,
    dryRun: false,
  });
});

for (
  const [args, message] of [
    [[], /say what, by --all, or by --from and --to/],
    [["--store", "nord"], /say what/],
    [["--all", "--to", "2026-03-01"], /both --all and an interval/],
    [["--all", "--store", "nord"], /--all of one store/],
    [["--from", "yesterday"], /--from as a time in ISO 8601: current value is "yesterday"/],
    [["--to", "2026-13-01"], /--to as a time/],
    [["--from", "2026-03-02", "--to", "2026-03-02"], /holds no minute/],
    [["all"], /all/],
    [["--all", "--source", "lake"], /--all from the lake: the books count refused records/],
    [["--all", "--into", "warehouse"], /Kafka into the warehouse: its worker does that; use --source lake/],
    [["--all", "--source", "s3"], /--source as kafka or lake: current value is "s3"/],
    [["--all", "--into", "lake"], /--into as hot or warehouse: current value is "lake"/],
  ] as const
) {
  Deno.test(`"${args.join(" ")}" is refused with its reason`, () => {
    assert.throws(() => parseCommand(args), (error: Error) => {
      assert.ok(error instanceof UsageError);
      assert.match(error.message, message);
      return true;
    });
  });
}
