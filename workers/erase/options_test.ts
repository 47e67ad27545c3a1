import assert from "node:assert/strict";
import { UsageError } from "@countinghouse/shared/command";
import { parseCommand } from "./options.ts";

Deno.test("a user of the default store, or of another", () => {
  assert.deepEqual(parseCommand(["--user", "u-17"]), {
    do: "erase",
    userId: "u-17",
    storeId: "default",
    dryRun: false,
    json: false,
  });
  assert.deepEqual(parseCommand(["--user=-u", "--store", "nord", "--dry-run", "--json"]), {
    do: "erase",
    userId: "-u",
    storeId: "nord",
    dryRun: true,
    json: true,
  });
  assert.deepEqual(parseCommand(["--help"]), { do: "help" });
});

for (
  const [args, message] of [
    [[], /say whom, by --user ID/],
    [["--user", ""], /say whom/],
    [["--user", "u", "--store="], /store without a name/],
    [["u-17"], /u-17/],
    [["--user", "u", "--all"], /--all/],
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
