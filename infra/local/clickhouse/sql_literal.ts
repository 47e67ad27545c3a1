/** A text as a string literal of ClickHouse's SQL. */
export function literal(text: string): string {
  return `'${text.replaceAll(/[\\']/g, "\\$&")}'`;
}

/** A name as a quoted identifier of ClickHouse's SQL. */
export function identifier(name: string): string {
  return `\`${name.replaceAll(/[\\`]/g, "\\$&")}\``;
}
