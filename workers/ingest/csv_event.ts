import type { Decoded, Refusal } from "@countinghouse/core";
import { ToldError } from "@countinghouse/shared/told_error";

/** Columns whose cells are numbers; their text goes into the JSON as it is, so that no digit gets lost. */
const NUMBERS: ReadonlySet<string> = new Set(["price", "quantity", "value", "geo.lat", "geo.lon"]);
const BOOLEANS: ReadonlySet<string> = new Set(["device.mobile"]);
/** Columns whose cells are JSON text. */
const JSON_TEXTS: ReadonlySet<string> = new Set(["items"]);
/** A number as JSON writes it (RFC 8259). */
const JSON_NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/;

/** A field of the event: a column, or an object of fields for dotted headers. */
type Field =
  & { readonly name: string }
  & ({ readonly column: number; readonly header: string } | {
    readonly fields: readonly Field[];
  });

/** A header that can't be the fields of an event; the message names the column. */
export class CsvHeaderError extends ToldError {
  override name = "CsvHeaderError";
}

/**
 * Turns the cells of rows into the JSON of events. `utm.source` is the field source of the object utm; an empty cell
 * is an absent field; items holds JSON; numbers and true or false are read by column. What isn't what its column says
 * goes into the JSON as text, and the event's decoder refuses it.
 */
export class CsvEvents {
  readonly #columns: number;
  readonly #fields: readonly Field[];

  /** @throws {CsvHeaderError} when a column is named twice, or as a field and as an object. */
  constructor(header: readonly string[]) {
    this.#columns = header.length;
    this.#fields = fieldsOf(
      header.map((name, column) => ({ path: name.trim(), header: name.trim(), column })),
    );
  }

  /** The JSON text of a row's event. */
  json(cells: readonly string[]): Decoded<string> {
    if (cells.length !== this.#columns) {
      return {
        ok: false,
        refusal: rowRefusal(
          `Cannot read the row as ${this.#columns} cells: current value is ${cells.length} cells`,
        ),
      };
    }
    return { ok: true, value: objectJson(this.#fields, cells) ?? "{}" };
  }
}

/** A row that is no event because of its shape. */
export function rowRefusal(reason: string): Refusal {
  return { code: "not_an_object", field: "", reason };
}

interface Column {
  readonly path: string;
  readonly header: string;
  readonly column: number;
}

function fieldsOf(columns: readonly Column[]): Field[] {
  const groups = Map.groupBy(columns, ({ path }) => path.split(".", 1)[0]!);
  return [...groups].map(([name, group]): Field => {
    const [first] = group;
    if (name === "") {
      throw new CsvHeaderError(`Cannot read column ${first!.column + 1} of the header: it has no name`);
    }
    if (group.length === 1 && first!.path === name) {
      return { name, column: first!.column, header: first!.header };
    }
    const clash = group.find(({ path }) => path === name);
    if (clash !== undefined) {
      throw new CsvHeaderError(
        `Cannot read the header: column "${clash.header}" is there twice, or also an object`,
      );
    }
    return {
      name,
      fields: fieldsOf(group.map((column) => ({ ...column, path: column.path.slice(name.length + 1) }))),
    };
  });
}

function objectJson(fields: readonly Field[], cells: readonly string[]): string | undefined {
  let members = "";
  for (const field of fields) {
    const value = "fields" in field
      ? objectJson(field.fields, cells)
      : cellJson(field.header, cells[field.column]!);
    if (value !== undefined) members += `${members === "" ? "" : ","}${JSON.stringify(field.name)}:${value}`;
  }
  return members === "" ? undefined : `{${members}}`;
}

function cellJson(header: string, cell: string): string | undefined {
  if (cell === "") return undefined;
  if (NUMBERS.has(header) && JSON_NUMBER.test(cell.trim())) return cell.trim();
  if (BOOLEANS.has(header) && /^(true|false)$/i.test(cell.trim())) return cell.trim().toLowerCase();
  if (JSON_TEXTS.has(header) && isJson(cell)) return cell;
  return JSON.stringify(cell);
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
