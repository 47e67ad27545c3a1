import { parseEventTime } from "@countinghouse/core";
import { parseFlags, UsageError } from "@countinghouse/shared/command";
import { EVERYTHING, type Scope } from "./scope.ts";

/** What `--help` prints. */
export const HELP = `Makes the hot store or the warehouse again, and repairs what differs.

Usage: deno task replay --all [--dry-run]
       deno task replay --from ISO --to ISO [--store NAME] [--source lake] [--dry-run]
       deno task replay --source lake --into warehouse (--all | --from ISO --to ISO [--store NAME]) [--dry-run]

  --all            everything: of the hot store minutes, books, and the state that workers go on from
  --from ISO       minutes that start at this time or later, as 2026-03-01T12:00:00Z; without a zone it is UTC
  --to ISO         minutes that start before this time
  --store NAME     of this store only
  --source NAME    where from: kafka (default), or lake, which has what Kafka's retention has removed
  --into NAME      what is made again: hot (default), or warehouse: events that the lake has and it has not
  --dry-run        only compare, and say what differs
  --help           this text

Workers may be running. Exits with 0 when it ended well, with 2 when a dry run found something, with 1 otherwise.
`;

/** Where a replay reads. */
export type Source = "kafka" | "lake";

/** What the command line asks for. */
export type Command = { readonly do: "help" } | {
  readonly do: "rebuild hot";
  readonly source: Source;
  /** Undefined is everything, which the lake does not have: it knows no refused records. */
  readonly scope: Scope | undefined;
  readonly dryRun: boolean;
} | {
  readonly do: "rebuild warehouse";
  readonly scope: Scope | undefined;
  readonly dryRun: boolean;
};

/** Reads the command line. @throws {UsageError} when it can't be carried out. */
export function parseCommand(args: readonly string[]): Command {
  const flags = flagsOf(args);
  if (flags.help) return { do: "help" };
  const source = oneOf("--source", flags.source, ["kafka", "lake"]);
  const into = oneOf("--into", flags.into, ["hot", "warehouse"]);
  const [scope, dryRun] = [scopeOf(flags), flags["dry-run"]];
  if (into === "warehouse") {
    if (source === "lake") return { do: "rebuild warehouse", scope, dryRun };
    throw new UsageError("Cannot replay Kafka into the warehouse: its worker does that; use --source lake");
  }
  if (source === "lake" && scope === undefined) {
    throw new UsageError(
      "Cannot replay --all from the lake: the books count refused records; name an interval",
    );
  }
  return { do: "rebuild hot", source, scope, dryRun };
}

function scopeOf({ all, from, to, store }: ReturnType<typeof flagsOf>): Scope | undefined {
  const isInterval = from !== undefined || to !== undefined;
  if (!all && !isInterval) throw new UsageError("Cannot replay: say what, by --all, or by --from and --to");
  if (all && isInterval) throw new UsageError("Cannot replay both --all and an interval");
  if (all && store !== undefined) {
    throw new UsageError("Cannot replay --all of one store: the books are of all stores; name an interval");
  }
  if (all) return undefined;
  const fromMs = from === undefined ? EVERYTHING.fromMs : timeOf("--from", from);
  const toMs = to === undefined ? EVERYTHING.toMs : timeOf("--to", to);
  if (fromMs >= toMs) {
    throw new UsageError(`Cannot replay from ${from} to ${to}: the interval holds no minute`);
  }
  return { fromMs, toMs, ...(store === undefined ? {} : { store }) };
}

function oneOf<const Name extends string>(flag: string, value: string, names: readonly Name[]): Name {
  const found = names.find((name) => name === value);
  if (found !== undefined) return found;
  throw new UsageError(`Cannot read ${flag} as ${names.join(" or ")}: current value is "${value}"`);
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
      source: { type: "string", default: "kafka" },
      into: { type: "string", default: "hot" },
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
