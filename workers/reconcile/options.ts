import { minuteStart, parseEventTime } from "@countinghouse/core";
import { parseFlags, UsageError } from "@countinghouse/shared/command";

/** What `--help` prints. */
export const HELP = `Compares minutes in MongoDB, ClickHouse and Parquet, and prints a line for each.

Usage: deno task reconcile --from ISO --to ISO [--store NAME] [--differing]

  --from ISO       minutes that start at this time or later, as 2026-03-01T12:00:00Z; without a zone it is UTC
  --to ISO         minutes that start before this time
  --store NAME     of this store only
  --differing      print only the minutes that differ
  --help           this text

It changes nothing: repairing is the worker's business. Minutes that are not final are shown and not judged. Exits
with 0 when all final minutes are equal, with 2 when some differ, with 1 when it can't be told.
`;

/** Which minutes a person wants compared, and how much is said about it. */
export interface Comparison {
  readonly fromMs: number;
  readonly toMs: number;
  /** Undefined is every store. */
  readonly storeId: string | undefined;
  readonly onlyDiffering: boolean;
}

/** Reads the command line. @throws {UsageError} when it can't be carried out. */
export function parseCommand(args: readonly string[]): Comparison | "help" {
  const { help, from, to, store, differing } = parseFlags({
    args: [...args],
    options: {
      help: { type: "boolean", default: false },
      from: { type: "string" },
      to: { type: "string" },
      store: { type: "string" },
      differing: { type: "boolean", default: false },
    },
  }).values;
  if (help) return "help";
  if (from === undefined || to === undefined) throw new UsageError("Cannot reconcile: name --from and --to");
  const fromMs = minuteStart(timeOf("--from", from));
  const toMs = timeOf("--to", to);
  if (fromMs >= toMs) {
    throw new UsageError(`Cannot reconcile from ${from} to ${to}: the interval holds no minute`);
  }
  return { fromMs, toMs, storeId: store, onlyDiffering: differing };
}

const DAY_CHARACTERS = "2026-03-01".length;

function timeOf(flag: string, text: string): number {
  const timeMs = parseEventTime(text.length === DAY_CHARACTERS ? `${text}T00:00:00Z` : text);
  if (timeMs === undefined) {
    throw new UsageError(`Cannot read ${flag} as a time in ISO 8601: current value is "${text}"`);
  }
  return timeMs;
}
