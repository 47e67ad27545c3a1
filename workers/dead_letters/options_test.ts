import assert from "node:assert/strict";
import { UsageError } from "@countinghouse/shared/command";
import { parseCommand } from "./options.ts";

Deno.test("without a word, the newest 50 letters are listed", () => {
  const listed = { do: "list", filter: {}, limit: 50, json: false };
  assert.deepEqual(parseCommand([]), listed);
  assert.deepEqual(parseCommand(["list"]), listed);
});

Deno.test("letters are chosen by code, field and origin", () => {
  assert.deepEqual(
    parseCommand(["list", "--code=not_json", "--field", "-", "--origin", "ingest", "--all", "--json"]),
    {
      do: "list",
      filter: { code: "not_json", field: "", origin: "ingest" },
      limit: undefined,
      json: true,
    },
  );
  assert.deepEqual(parseCommand(["redrive", "--field", "items[2].price", "--dry-run"]), {
    do: "redrive",
    which: { field: "items[2].price" },
    edit: undefined,
    dryRun: true,
  });
  assert.deepEqual(parseCommand(["redrive", "--all"]), {
    do: "redrive",
    which: {},
    edit: undefined,
    dryRun: false,
  });
});

Deno.test("a single letter is named by its partition and offset", () => {
  const at = { partition: 4, offset: 17 };
  assert.deepEqual(parseCommand(["show", "4:17"]), { do: "show", at });
  assert.deepEqual(parseCommand(["redrive", "4:17", "--edit", "a.json"]), {
    do: "redrive",
    which: at,
    edit: "a.json",
    dryRun: false,
  });
});

for (
  const [args, message] of [
    [["drop"], /Cannot do "drop": there are list, show and redrive/],
    [["4:17"], /Cannot do "4:17"/],
    [["list", "4:17"], /is shown by show/],
    [["show"], /partition:offset: current value is ""/],
    [["show", "4:x"], /partition:offset: current value is "4:x"/],
    [["redrive"], /say which/],
    [["redrive", "4:17", "--all"], /both 4:17 and others/],
    [["redrive", "4:17", "4:18"], /also named is "4:18"/],
    [["redrive", "--all", "--edit", "a"], /--edit without a single letter/],
    [["--code", "odd"], /--code as one of too_large, .*: current value is "odd"/],
    [["--origin", "me"], /--origin as one of rollup, ingest, collect/],
    [["--limit", "0"], /--limit as a whole number from 1: current value is "0"/],
    [["--fast"], /--fast/],
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
