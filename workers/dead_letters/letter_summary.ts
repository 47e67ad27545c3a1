import type { KeptDeadLetter } from "@countinghouse/log";
import type { RedriveState } from "./redrive_book.ts";

interface Line {
  readonly code: string;
  readonly field: string;
  letters: number;
  redriven: number;
}

/** Counts letters by code and field. */
export class LetterSummary {
  readonly #lines = new Map<string, Line>();

  add({ refusal: { code, field } }: KeptDeadLetter, state: RedriveState | undefined): void {
    const key = `${code} ${field}`;
    const line = this.#lines.get(key) ?? { code, field, letters: 0, redriven: 0 };
    this.#lines.set(key, line);
    line.letters++;
    if (state === "sent") line.redriven++;
  }

  /** A table, the most frequent first. */
  text(): string {
    const lines = [...this.#lines.values()].sort((a, b) => b.letters - a.letters);
    const sum = (of: (line: Line) => number) => lines.reduce((total, line) => total + of(line), 0);
    const letters = sum((line) => line.letters);
    const total = `${whole(letters)} dead ${letters === 1 ? "letter" : "letters"}, ${
      whole(sum((line) => line.redriven))
    } of them re-driven`;
    if (letters === 0) return total;
    const rows = lines.map(({ code, field, letters, redriven }) =>
      row(whole(letters), whole(redriven), code, field || "-")
    );
    return [total, row("LETTERS", "RE-DRIVEN", "CODE", "FIELD"), ...rows].join("\n");
  }
}

function row(letters: string, redriven: string, code: string, field: string): string {
  return `${letters.padStart(9)} ${redriven.padStart(10)}  ${code.padEnd(14)} ${field}`;
}

function whole(value: number): string {
  return value.toLocaleString("en-US");
}
