import { parseFlags, UsageError } from "@countinghouse/shared/command";
import { DEFAULT_FAULTS, type SimulationOptions } from "./simulation.ts";

/** What `--help` prints. */
export const HELP = `A believable shop that sends events.

Usage: deno task simulate [flags]

  --rate N         events a second, 1 to 50000 (200)
  --seconds N      how long; endless without it
  --count N        how many events at the most
  --seed N         a whole number; the same seed and start give the same bytes (1)
  --start TIME     when the first event happens: ISO 8601, or now (now). Events of the past are sent
                   as fast as the broker takes them, until the schedule has reached the present
  --history N      when the log is still empty, begin N minutes earlier, so that there is something to look back at (0)
  --rhythm         let the rate follow the visitors' days and weeks; --rate is then the week's average
  --store NAME     the store_id (default)
  --out FILE       write NDJSON to a file, or - for standard output, instead of Kafka; needs --seconds or --count

Shares of all events, 0 to 0.5:
  --duplicates N   sent again, byte for byte (${DEFAULT_FAULTS.duplicates})
  --disorder N     overtaken by later events, by 0.1 to 30 s (${DEFAULT_FAULTS.disorder})
  --late N         sent 11 to 60 minutes after their time (${DEFAULT_FAULTS.late})
  --poison N       spoilt, to be refused (${DEFAULT_FAULTS.poison})
`;

const MOST_HISTORY_MINUTES = 7 * 1_440;

/** What the command line asks for. */
export type Command = { readonly do: "help" } | {
  readonly do: "simulate";
  readonly simulation: SimulationOptions;
  /** How much earlier than its start a simulation begins when the log is still empty. */
  readonly historyMs: number;
  /** A file name, "-" for standard output, or undefined for Kafka. */
  readonly out: string | undefined;
};

/**
 * Reads the command line.
 *
 * @param nowMs what "now" is, in milliseconds since the epoch.
 * @throws {UsageError} for a flag that is unknown or has a value that can't be used.
 */
export function parseCommand(args: readonly string[], nowMs: number): Command {
  const flags = flagsOf(args);
  if (flags.help) return { do: "help" };
  const optional = (flag: "seconds" | "count", least: number) =>
    flags[flag] === undefined ? undefined : number(flag, flags[flag], least, Number.MAX_SAFE_INTEGER);
  const share = (flag: keyof typeof DEFAULT_FAULTS) =>
    flags[flag] === undefined ? DEFAULT_FAULTS[flag] : number(flag, flags[flag], 0, 0.5);
  const simulation: SimulationOptions = {
    seed: whole("seed", number("seed", flags.seed, 0, Number.MAX_SAFE_INTEGER)),
    storeId: flags.store === "" ? refuse("store", flags.store, "a name") : flags.store,
    startMs: flags.start === "now" ? nowMs : time(flags.start),
    rate: number("rate", flags.rate, 1, 50_000),
    rhythm: flags.rhythm,
    seconds: optional("seconds", 0.001),
    count: flags.count === undefined ? undefined : whole("count", optional("count", 1)!),
    faults: {
      duplicates: share("duplicates"),
      disorder: share("disorder"),
      late: share("late"),
      poison: share("poison"),
    },
  };
  if (flags.out !== undefined && simulation.seconds === undefined && simulation.count === undefined) {
    throw new UsageError("Cannot write an endless file: --out needs --seconds or --count");
  }
  const historyMs = 60_000 * number("history", flags.history, 0, MOST_HISTORY_MINUTES);
  return { do: "simulate", simulation, historyMs, out: flags.out };
}

function flagsOf(args: readonly string[]) {
  return parseFlags({
    args: [...args],
    options: {
      help: { type: "boolean", default: false },
      rate: { type: "string", default: "200" },
      history: { type: "string", default: "0" },
      seconds: { type: "string" },
      count: { type: "string" },
      seed: { type: "string", default: "1" },
      start: { type: "string", default: "now" },
      rhythm: { type: "boolean", default: false },
      store: { type: "string", default: "default" },
      out: { type: "string" },
      duplicates: { type: "string" },
      disorder: { type: "string" },
      late: { type: "string" },
      poison: { type: "string" },
    },
  }).values;
}

function number(flag: string, text: string, least: number, most: number): number {
  const value = text.trim() === "" ? NaN : Number(text);
  if (!(value >= least && value <= most)) refuse(flag, text, `a number from ${least} to ${most}`);
  return value;
}

function whole(flag: string, value: number): number {
  return Number.isInteger(value) ? value : refuse(flag, String(value), "a whole number");
}

function time(text: string): number {
  const timeMs = Date.parse(text);
  return Number.isNaN(timeMs) ? refuse("start", text, "a time in ISO 8601, or now") : timeMs;
}

function refuse(flag: string, value: string, what: string): never {
  throw new UsageError(`Cannot read --${flag} as ${what}: current value is "${value}"`);
}
