import { EngineException } from "./exception.ts";
import { type Token, tokens } from "./token.ts";

/** What a request asks of the engine, as far as the way of running it depends on it. */
export type Statement =
  | InsertStatement
  /** Answers rows that the engine can give out piece by piece. */
  | { readonly kind: "select"; readonly format: string | undefined }
  | { readonly kind: "other"; readonly format: string | undefined };

/** An INSERT whose rows come as data, not from a SELECT. */
export interface InsertStatement {
  readonly kind: "insert";
  /** `INSERT INTO table (columns)`. */
  readonly target: string;
  /** `SETTINGS …` or nothing. */
  readonly settings: string;
  readonly format: string;
  /** Where in the SQL the data begins. */
  readonly dataAt: number;
}

const SELECT_WORDS = new Set(["SELECT", "WITH", "FROM"]);

/**
 * Looks at a statement's outline: its first word, its FORMAT, and where its data begins.
 *
 * @throws {EngineException} for more than one statement, as ClickHouse does over HTTP.
 */
export function readStatement(sql: string): Statement {
  const first = firstWord(sql);
  const insert = first === "INSERT" ? readInsert(sql) : undefined;
  if (insert !== undefined) return insert;
  const format = readOutputFormat(sql);
  return { kind: first !== undefined && SELECT_WORDS.has(first) ? "select" : "other", format };
}

function firstWord(sql: string): string | undefined {
  for (const token of tokens(sql)) {
    if (token.text !== "(") return token.text.toUpperCase();
  }
  return undefined;
}

function readInsert(sql: string): InsertStatement | undefined {
  let settingsAt: number | undefined;
  let before: Token | undefined;
  const insert = (targetEnd: number, format: string, dataAt: number): InsertStatement => ({
    kind: "insert",
    target: sql.slice(0, settingsAt ?? targetEnd).trim(),
    settings: settingsAt === undefined ? "" : sql.slice(settingsAt, targetEnd).trim(),
    format,
    dataAt,
  });
  for (const token of tokens(sql)) {
    const word = token.kind === "word" && token.depth === 0 ? token.text.toUpperCase() : undefined;
    if (before?.text.toUpperCase() === "FORMAT" && before.depth === 0 && before.kind === "word") {
      return insert(before.start, token.text, token.end);
    }
    if (word === "SELECT" || word === "WITH" || word === "INFILE") return undefined;
    if (word === "VALUES") return insert(token.start, "Values", token.end);
    if (word === "SETTINGS") settingsAt = token.start;
    if (token.text === ";" && token.depth === 0) return insert(token.start, "Values", token.end);
    before = token;
  }
  return insert(sql.length, "Values", sql.length);
}

function readOutputFormat(sql: string): string | undefined {
  let format: string | undefined;
  let before: Token | undefined;
  let ended = false;
  for (const token of tokens(sql)) {
    if (ended && token.text !== ";") {
      throw new EngineException(62, "Syntax error: Multi-statements are not allowed", "SYNTAX_ERROR");
    }
    if (token.text === ";" && token.depth === 0) ended = true;
    const follows = before?.kind === "word" && before.depth === 0 && before.text.toUpperCase() === "FORMAT";
    if (follows && token.kind === "word") format = token.text;
    before = token;
  }
  return format;
}
