import { REFUSAL_CODES } from "@countinghouse/core";
import type { DeadLetterOrigin } from "@countinghouse/log";
import { parseFlags, UsageError } from "@countinghouse/shared/command";
import type { LetterFilter } from "./letter_filter.ts";
import { type LetterPlace, parseLetterId } from "./letter_id.ts";

/** What `--help` prints. */
export const HELP = `Lists what was refused, shows its bytes, and sends it again once it is an event.

Usage: deno task dead-letters [list] [flags]
       deno task dead-letters show P:O
       deno task dead-letters redrive (P:O | --all | --code, --field, --origin) [flags]

  P:O              one dead letter, by its partition and offset, as the list names it

  --code NAME      those refused with this code, as not_json
  --field PATH     those refused for this field, as items[2].price; - for the whole record
  --origin NAME    those refused by rollup, ingest or collect
  --limit N        list: the newest N; 50 by default
  --all            list: all of them; redrive: whatever can be read now
  --json           list: a JSON object a line, with the bytes
  --edit FILE      redrive P:O: with the bytes of this file instead of its own
  --dry-run        redrive: only say what would be sent
  --help           this text

A letter that was sent again stays in the topic, is marked in the list, and is not sent a second time.
`;

const DEFAULT_LIMIT = 50;
const ORIGINS: readonly DeadLetterOrigin[] = ["rollup", "ingest", "collect"];

/** What the command line asks for. */
export type Command =
  | { readonly do: "help" }
  | {
    readonly do: "list";
    readonly filter: LetterFilter;
    /** The newest so many; undefined is all. */
    readonly limit: number | undefined;
    readonly json: boolean;
  }
  | { readonly do: "show"; readonly at: LetterPlace }
  | {
    readonly do: "redrive";
    readonly which: LetterPlace | LetterFilter;
    /** A file whose bytes take the place of the letter's. */
    readonly edit: string | undefined;
    readonly dryRun: boolean;
  };

/** Reads the command line. @throws {UsageError} when it can't be carried out. */
export function parseCommand(args: readonly string[]): Command {
  const { values, positionals } = flagsOf(args);
  if (values.help) return { do: "help" };
  const [name = "list", place, ...others] = positionals;
  if (others.length > 0) {
    throw new UsageError(`Cannot take more than one dead letter: also named is "${others[0]}"`);
  }
  const filter = filterOf(values);
  switch (name) {
    case "list":
      if (place !== undefined) {
        throw new UsageError(`Cannot list "${place}": a single letter is shown by show P:O`);
      }
      return {
        do: "list",
        filter,
        limit: values.all ? undefined : limitOf(values.limit),
        json: values.json,
      };
    case "show":
      return { do: "show", at: placeOf(place) };
    case "redrive":
      return {
        do: "redrive",
        which: whichOf(place, filter, values.all),
        edit: editOf(values.edit, place),
        dryRun: values["dry-run"],
      };
    default:
      throw new UsageError(`Cannot do "${name}": there are list, show and redrive`);
  }
}

function flagsOf(args: readonly string[]) {
  return parseFlags({
    args: [...args],
    allowPositionals: true,
    options: {
      help: { type: "boolean", default: false },
      code: { type: "string" },
      field: { type: "string" },
      origin: { type: "string" },
      limit: { type: "string" },
      all: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
      edit: { type: "string" },
      "dry-run": { type: "boolean", default: false },
    },
  });
}

function filterOf(
  { code, field, origin }: {
    code?: string | undefined;
    field?: string | undefined;
    origin?: string | undefined;
  },
): LetterFilter {
  return {
    ...(code === undefined ? {} : { code: oneOf(REFUSAL_CODES, "--code", code) }),
    ...(field === undefined ? {} : { field: field === "-" ? "" : field }),
    ...(origin === undefined ? {} : { origin: oneOf(ORIGINS, "--origin", origin) }),
  };
}

function oneOf<T extends string>(names: readonly T[], flag: string, text: string): T {
  const found = names.find((name) => name === text);
  if (found === undefined) {
    throw new UsageError(`Cannot read ${flag} as one of ${names.join(", ")}: current value is "${text}"`);
  }
  return found;
}

function limitOf(text: string | undefined): number {
  if (text === undefined) return DEFAULT_LIMIT;
  const limit = Number(text);
  if (!Number.isSafeInteger(limit) || limit < 1) {
    throw new UsageError(`Cannot read --limit as a whole number from 1: current value is "${text}"`);
  }
  return limit;
}

function placeOf(text: string | undefined): LetterPlace {
  const place = text === undefined ? undefined : parseLetterId(text);
  if (place === undefined) {
    throw new UsageError(`Cannot read the dead letter as partition:offset: current value is "${text ?? ""}"`);
  }
  return place;
}

function whichOf(place: string | undefined, filter: LetterFilter, all: boolean): LetterPlace | LetterFilter {
  const filtered = Object.keys(filter).length > 0;
  if (place === undefined && !filtered && !all) {
    throw new UsageError("Cannot redrive: say which, by P:O, --code, --field or --origin, or --all");
  }
  if (place === undefined) return filter;
  if (filtered || all) {
    throw new UsageError(`Cannot redrive both ${place} and others: one letter, or a choice`);
  }
  return placeOf(place);
}

function editOf(file: string | undefined, place: string | undefined): string | undefined {
  if (file !== undefined && place === undefined) {
    throw new UsageError("Cannot use --edit without a single letter: name it by P:O");
  }
  return file;
}
