/** A piece of SQL that is neither space nor comment. */
export interface Token {
  readonly kind: "word" | "quoted" | "punctuation";
  /** As written; a word is a bare identifier, keyword or number. */
  readonly text: string;
  readonly start: number;
  readonly end: number;
  /** How many parentheses, brackets and braces are open around it. */
  readonly depth: number;
}

const SPACE = /\s+/y;
const LINE_COMMENT = /(?:--|#[ !])[^\n]*/y;
const BLOCK_COMMENT = /\/\*[\s\S]*?(?:\*\/|$)/y;
const QUOTED = /'(?:[^'\\]|\\[\s\S]|'')*'|`(?:[^`\\]|\\[\s\S]|``)*`|"(?:[^"\\]|\\[\s\S]|"")*"/y;
const HEREDOC = /\$(\w*)\$[\s\S]*?\$\1\$/y;
const WORD = /[\p{L}\p{N}_]+/uy;

/** Reads SQL token by token, lazily, so that data behind an INSERT's FORMAT is never looked at. */
export function* tokens(sql: string): Generator<Token> {
  let at = 0;
  let depth = 0;
  const match = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    return pattern.exec(sql)?.[0];
  };
  while (at < sql.length) {
    const skipped = match(SPACE) ?? match(LINE_COMMENT) ?? match(BLOCK_COMMENT);
    if (skipped !== undefined) {
      at += skipped.length;
      continue;
    }
    const start = at;
    const quoted = match(QUOTED) ?? match(HEREDOC);
    const word = quoted === undefined ? match(WORD) : undefined;
    const text = quoted ?? word ?? sql.slice(at, at + 1);
    at += text.length;
    if (quoted === undefined && ")]}".includes(text)) depth--;
    yield {
      kind: quoted !== undefined ? "quoted" : word !== undefined ? "word" : "punctuation",
      text,
      start,
      end: at,
      depth,
    };
    if (quoted === undefined && "([{".includes(text)) depth++;
  }
}
