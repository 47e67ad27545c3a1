import { UNUSUAL_DIGITS } from "@countinghouse/core";

/** The formats of ClickHouse that an export is made of. */
export type ExportFormat = "CSV" | "JSONEachRow" | "ArrowStream";

/**
 * A cell that begins so is a formula to a spreadsheet (https://owasp.org/www-community/attacks/CSV_Injection). In
 * CSV, a text that does gets an apostrophe in front.
 */
export const FORMULA_START = String.raw`^[=+\-@\t\r\n]`;

interface ExportColumn {
  readonly name: string;
  /** What it is selected by, of a row `e`. */
  readonly sql: (format: ExportFormat) => string;
}

const DIGITS = [...UNUSUAL_DIGITS];
const CODES_LIST = DIGITS.map(([code]) => `'${code}'`).join(", ");
const DIGITS_LIST = DIGITS.map(([, digits]) => digits).join(", ");

/** An amount in minor units as exact decimal text; NULL where there is none. */
function decimalText(amount: string, currency: string): string {
  const digits = `transform(${currency}, [${CODES_LIST}], [${DIGITS_LIST}], 2)`;
  const scale = `intExp10(${digits})`;
  const fraction = `leftPad(toString(abs(${amount}) % ${scale}), ${digits}, '0')`;
  return `concat(if(${amount} < 0, '-', ''), toString(intDiv(abs(${amount}), ${scale})),
    if(${digits} = 0, '', concat('.', ${fraction})))`;
}

/** A text that the shop sent; "" in the table says that it sent none. */
function text(name: string, stored = name): ExportColumn {
  const neutral = `if(match(e.${stored}, {formula_start:String}), concat('''', e.${stored}), e.${stored})`;
  return {
    name,
    sql: (format) => format === "CSV" ? neutral : `CAST(nullIf(e.${stored}, ''), 'Nullable(String)')`,
  };
}

/** A number, a time or a truth value: no spreadsheet takes one for a formula. */
function value(name: string, sql = `e.${name}`): ExportColumn {
  return { name, sql: () => sql };
}

const ITEMS = `arrayMap(i -> CAST(
  (nullIf(i.product_id, ''), i.quantity, ${decimalText("i.amount", "e.currency")}, i.amount),
  'Tuple(product_id Nullable(String), quantity Float64, amount Nullable(String), amount_minor Nullable(Int64))'
), e.items)`;

const COLUMNS: readonly ExportColumn[] = [
  text("event_id"),
  text("event_type", "type_name"),
  value("event_time"),
  text("user_id"),
  text("session_id"),
  text("store_id"),
  text("page"),
  text("product_id"),
  text("order_id"),
  text("coupon"),
  value("quantity"),
  text("currency"),
  value("amount", decimalText("e.amount", "e.currency")),
  value("amount_minor", "e.amount"),
  { name: "items", sql: (format) => format === "CSV" ? `toJSONString(${ITEMS})` : ITEMS },
  text("utm_source"),
  text("utm_medium"),
  text("utm_campaign"),
  text("user_agent"),
  text("os"),
  value("mobile"),
  text("country"),
  text("city"),
  value("lat"),
  value("lon"),
  text("unknown_fields"),
  value("append_time"),
  value("partition"),
  value("offset"),
];

/** The columns of an export of events, in order; the same in every format. */
export const EVENT_COLUMNS: readonly string[] = COLUMNS.map(({ name }) => name);

/** The columns as a list for a SELECT from a row `e`; it needs the parameter `formula_start` for CSV. */
export function exportSelection(format: ExportFormat): string {
  return COLUMNS.map(({ name, sql }) => `${sql(format)} AS ${name}`).join(",\n");
}
