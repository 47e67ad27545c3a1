import type { Tally } from "./ingest.ts";

const BAR_CELLS = 24;
const PREVIEW_CHARACTERS = 120;

/** How far an ingest is, besides its {@link Tally}. */
export interface Pace {
  readonly bytesRead: number;
  /** Undefined for a pipe. */
  readonly totalBytes: number | undefined;
  readonly elapsedMs: number;
}

/** A line of progress, with a bar where there is a terminal to show it. */
export function progressText(tally: Tally, pace: Pace, bar: boolean): string {
  const { bytesRead, totalBytes } = pace;
  const share = totalBytes ? Math.min(1, bytesRead / totalBytes) : undefined;
  const filled = Math.round((share ?? 0) * BAR_CELLS);
  const drawn = bar && share !== undefined ? `[${"#".repeat(filled)}${".".repeat(BAR_CELLS - filled)}] ` : "";
  const percent = share === undefined ? "" : `${Math.floor(share * 100)} % `;
  return `${drawn}${percent}${counts(tally)}, ${rate(tally, pace)}`;
}

/** What was done, and the first refusals explained. */
export function summaryText(fileName: string, tally: Tally, pace: Pace, dryRun: boolean): string {
  const seconds = (pace.elapsedMs / 1_000).toFixed(1);
  const done = `${fileName}: ${counts(tally)} in ${seconds} s (${rate(tally, pace)})${
    dryRun ? ", nothing sent" : ""
  }`;
  const told = tally.firstRefusals.map(({ record, refusal }) =>
    `  line ${record.line}: ${refusal.reason} [${refusal.code}${
      refusal.field ? ` ${refusal.field}` : ""
    }]\n` +
    `    ${preview(record.bytes)}`
  );
  const untold = tally.refused - told.length;
  if (untold > 0) told.push(`  and ${whole(untold)} more`);
  return [done, ...told].join("\n");
}

function counts({ accepted, refused }: Tally): string {
  return `${whole(accepted)} accepted, ${whole(refused)} refused`;
}

function rate({ accepted, refused }: Tally, { elapsedMs }: Pace): string {
  return `${whole((accepted + refused) * 1_000 / Math.max(1, elapsedMs))}/s`;
}

/** The beginning of a record, on one line and harmless to a terminal. */
function preview(bytes: Uint8Array): string {
  const text = new TextDecoder().decode(bytes.subarray(0, PREVIEW_CHARACTERS * 4)).replace(/\p{Cc}/gu, " ");
  return text.length > PREVIEW_CHARACTERS ? `${text.slice(0, PREVIEW_CHARACTERS)}...` : text;
}

function whole(value: number): string {
  return Math.round(value).toLocaleString("en-US");
}
