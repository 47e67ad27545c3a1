import { parseEventTime } from "@countinghouse/core";
import { parseFlags, UsageError } from "@countinghouse/shared/command";
import { EVERYTHING, type Scope } from "./scope.ts";

/** What `--help` prints. */
export const HELP = `Makes the hot store again from the log, and repairs what differs.

Usage: deno task replay --all [--dry-run]
       deno task replay --from ISO --to ISO [--store NAME] [--dry-run]

  --all            everything: minutes, books, and the state that workers go on from
  --from ISO       minutes that start at this time or later, as 2026-03-01T12:00:00Z; without a zone it is UTC
  --to ISO         minutes that start before this time
  --store NAME     of this store only
  --dry-run        only compare, and say what differs
  --help           this text

Workers may be running. Exits with 0 when it ended well, with 2 when a dry run found something, with 1 otherwise.
`;

/** What the command line asks for. */
export type Command = { readonly do: "help" } | {
  readonly do: "replay";
  /** Undefined is everything. */
  readonly scope: Scope | undefined;
  readonly dryRun: boolean;
};

/** Reads the command line. @throws {UsageError} when it can't be carried out. */
export function parseCommand(args: readonly string[]): Command {
  const { help, all, from, to, store, "dry-run": dryRun } = flagsOf(args);
  if (help) return { do: "help" };
  const isInterval = from !== undefined || to !== undefined;
  if (!all && !isInterval) throw new UsageError("Cannot replay: say what, by --all, or by --from and --to");
  if (all && isInterval) throw new UsageError("Cannot replay both --all and an interval");
  if (all && store !== undefined) {
    throw new UsageError("Cannot replay --all of one store: the books are of all stores; name an interval");
  }
  if (all) return { do: "replay", scope: undefined, dryRun };
  const fromMs = from === undefined ? EVERYTHING.fromMs : timeOf("--from", from);
  const toMs = to === undefined ? EVERYTHING.toMs : timeOf("--to", to);
  if (fromMs >= toMs) {
    throw new UsageError(`Cannot replay from ${from} to ${to}: the interval holds no minute`);
  }
  return { do: "replay", scope: { fromMs, toMs, ...(store === undefined ? {} : { store }) }, dryRun };
}

function flagsOf(args: readonly string[]) {
  return parseFlags({
    args: [...args],
    options: {
      help: { type: "boolean", default: false },
      all: { type: "boolean", default: false },
      from: { type: "string" },
      to: { type: "string" },
      store: { type: "string" },
      "dry-run": { type: "boolean", default: false },
    },
  }).values;
}

const DAY_CHARACTERS = "2026-03-01".length;

function timeOf(flag: string, text: string): number {
  const timeMs = parseEventTime(text.length === DAY_CHARACTERS ? `${text}T00:00:00Z` : text);
  if (timeMs === undefined) {
    throw new UsageError(`Cannot read ${flag} as a time in ISO 8601: current value is "${text}"`);
  }
  return timeMs;
}
