import assert from "node:assert/strict";
import { UsageError } from "@countinghouse/shared/command";
import { parseCommand } from "./options.ts";

Deno.test("a file and its flags are read", () => {
  assert.deepEqual(parseCommand(["a.csv"]), {
    do: "ingest",
    file: "a.csv",
    format: undefined,
    store: undefined,
    dryRun: false,
  });
  assert.deepEqual(parseCommand(["--dry-run", "-", "--store", "north", "--format=csv"]), {
    do: "ingest",
    file: "-",
    format: "csv",
    store: "north",
    dryRun: true,
  });
  assert.deepEqual(parseCommand(["--help"]), { do: "help" });
});

for (
  const [args, message] of [
    [[], /no file is named/],
    [["a", "b"], /more than one file: also named is "b"/],
    [["a", "--format", "xml"], /--format as one of ndjson, json, csv: current value is "xml"/],
    [["a", "--store="], /--store as a name/],
    [["a", "--fast"], /--fast/],
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
