import { parseFlags, UsageError } from "@countinghouse/shared/command";
import { type Format, FORMATS } from "./format.ts";

/** What `--help` prints. */
export const HELP = `Reads a file of events into the log.

Usage: deno task ingest FILE [flags]

  FILE             NDJSON, a JSON array, or CSV with a header, gzipped or not; - for standard input

  --format NAME    ndjson, json or csv; otherwise the file's name and first byte tell
  --store NAME     the store_id of events that have none
  --dry-run        only check; nothing is sent
  --help           this text

What is refused is explained (the first ten), counted, and kept in the dead-letter topic. Exits with 0 when every
record was acknowledged or refused. To ingest a file again is harmless: an event_id is counted once.
`;

/** What the command line asks for. */
export type Command = { readonly do: "help" } | {
  readonly do: "ingest";
  /** A file name, or "-" for standard input. */
  readonly file: string;
  readonly format: Format | undefined;
  readonly store: string | undefined;
  readonly dryRun: boolean;
};

/** Reads the command line. @throws {UsageError} when it can't be carried out. */
export function parseCommand(args: readonly string[]): Command {
  const { values, positionals } = flagsOf(args);
  if (values.help) return { do: "help" };
  const [file, ...others] = positionals;
  if (file === undefined) {
    throw new UsageError("Cannot ingest: no file is named. Usage: deno task ingest FILE");
  }
  if (others.length > 0) {
    throw new UsageError(`Cannot ingest more than one file: also named is "${others[0]}"`);
  }
  if (values.store === "") throw new UsageError(`Cannot read --store as a name: current value is ""`);
  return {
    do: "ingest",
    file,
    format: formatOf(values.format),
    store: values.store,
    dryRun: values["dry-run"],
  };
}

function flagsOf(args: readonly string[]) {
  return parseFlags({
    args: [...args],
    allowPositionals: true,
    options: {
      help: { type: "boolean", default: false },
      format: { type: "string" },
      store: { type: "string" },
      "dry-run": { type: "boolean", default: false },
    },
  });
}

function formatOf(text: string | undefined): Format | undefined {
  const format = FORMATS.find((name) => name === text);
  if (text !== undefined && format === undefined) {
    throw new UsageError(`Cannot read --format as one of ${FORMATS.join(", ")}: current value is "${text}"`);
  }
  return format;
}
