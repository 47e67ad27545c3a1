import { parseFlags, UsageError } from "@countinghouse/shared/command";

/** What `--help` prints. */
export const HELP = `Forgets a user: erases every event of theirs in every store, and prints a receipt.

Usage: deno task erase --user ID [--store NAME] [--dry-run] [--json]

  --user ID        the user_id as the shop sends it
  --store NAME     of this store; "default" where left out
  --dry-run        only count what there is
  --json           the receipt as JSON
  --help           this text

Everything sent until now is erased; what is sent later is not, so stop sending first. Workers are to be running.
Doing it twice is harmless, and finishes what was broken off. Exits with 0 when all is erased, with 1 when a store is
away (which is told, with what was done before), with 2 when the command line is wrong.
`;

/** What the command line asks for. */
export type Command = { readonly do: "help" } | {
  readonly do: "erase";
  readonly userId: string;
  readonly storeId: string;
  readonly dryRun: boolean;
  readonly json: boolean;
};

/** Reads the command line. @throws {UsageError} when it can't be carried out. */
export function parseCommand(args: readonly string[]): Command {
  const { help, user, store, "dry-run": dryRun, json } = parseFlags({
    args: [...args],
    options: {
      help: { type: "boolean", default: false },
      user: { type: "string" },
      store: { type: "string", default: "default" },
      "dry-run": { type: "boolean", default: false },
      json: { type: "boolean", default: false },
    },
  }).values;
  if (help) return { do: "help" };
  if (user === undefined || user === "") throw new UsageError("Cannot erase: say whom, by --user ID");
  if (store === "") throw new UsageError(`Cannot erase from a store without a name: leave --store out`);
  return { do: "erase", userId: user, storeId: store, dryRun, json };
}
