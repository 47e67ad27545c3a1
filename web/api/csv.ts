import { FORMULA_START } from "@countinghouse/cold";

const FORMULA = new RegExp(FORMULA_START);

/** Makes programs that guess an encoding take UTF-8. */
export const BYTE_ORDER_MARK = "\ufeff";

/** A text as a cell, quoted. One that a spreadsheet would take for a formula gets an apostrophe in front. */
export function csvText(text: string): string {
  const neutral = FORMULA.test(text) ? `'${text}` : text;
  return `"${neutral.replaceAll('"', '""')}"`;
}

/** Cells as a line of CSV (RFC 4180). */
export function csvLine(cells: readonly string[]): string {
  return `${cells.join(",")}\r\n`;
}
