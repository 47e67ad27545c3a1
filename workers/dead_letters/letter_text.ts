import type { KeptDeadLetter } from "@countinghouse/log";
import { letterId } from "./letter_id.ts";
import type { RedriveState } from "./redrive_book.ts";

const PREVIEW_CHARACTERS = 96;
const INDENT = " ".repeat(11);

/** The heads of {@link letterText}'s columns. */
export const LETTER_HEAD = row("LETTER", "REFUSED", "BY", "CAME FROM", "CODE", "FIELD");

/** A letter for a person: a row, why it was refused, and how it begins. */
export function letterText(letter: KeptDeadLetter, state: RedriveState | undefined): string {
  const { at, origin, refusal, value } = letter;
  const when = new Date(at.appendTimeMs).toISOString();
  const mark = state === undefined ? "" : `  ${MARK[state]}`;
  return [
    row(letterId(at), when, origin, whence(letter), refusal.code, refusal.field || "-") + mark,
    INDENT + harmless(refusal.reason),
    INDENT + preview(value),
  ].join("\n");
}

/** A letter for a program: one JSON object. Bytes that are no UTF-8 come as base64. */
export function letterJson(letter: KeptDeadLetter, state: RedriveState | undefined): string {
  const { at, origin, source, file, refusal, value, valueBytes } = letter;
  return JSON.stringify({
    letter: letterId(at),
    refused_at: new Date(at.appendTimeMs).toISOString(),
    origin,
    source,
    file,
    ...refusal,
    redriven: state ?? null,
    value_bytes: valueBytes ?? value?.length ?? 0,
    ...bytesJson(value),
  });
}

const MARK: Readonly<Record<RedriveState, string>> = {
  sending: "(re-drive unfinished)",
  sent: "(re-driven)",
};

function row(
  letter: string,
  when: string,
  origin: string,
  source: string,
  code: string,
  field: string,
): string {
  return `${letter.padEnd(10)} ${when.padEnd(24)} ${origin.padEnd(7)} ${source.padEnd(20)} ${
    code.padEnd(14)
  } ${field}`;
}

function whence({ source, file }: KeptDeadLetter): string {
  if (source !== undefined) return `${source.topic} ${source.partition}:${source.offset}`;
  return file === undefined ? "-" : harmless(`${file.name}:${file.line}`);
}

/** The beginning of a value, on one line. */
function preview(value: Uint8Array | null): string {
  if (value === null) return "(no value)";
  const text = harmless(new TextDecoder().decode(value.subarray(0, 4 * PREVIEW_CHARACTERS)));
  if (text === "") return "(no bytes)";
  return text.length > PREVIEW_CHARACTERS ? `${text.slice(0, PREVIEW_CHARACTERS)}...` : text;
}

/** Text that does nothing to a terminal. */
function harmless(text: string): string {
  return text.replace(/\p{Cc}/gu, " ");
}

function bytesJson(value: Uint8Array | null) {
  if (value === null) return { value: null };
  try {
    return { value: new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(value) };
  } catch {
    return { value_base64: value.toBase64() };
  }
}
