import type { Refusal } from "@countinghouse/core";
import type { NewRecord } from "@countinghouse/log";
import { recordChecker } from "./check_record.ts";
import { CSV } from "./csv_rows.ts";
import { detectFormat, type Format } from "./format.ts";
import { JSON_ARRAY } from "./json_array.ts";
import { NDJSON } from "./ndjson.ts";
import { type RecordFormat, splitRecords } from "./record_splitter.ts";
import type { SourceRecord } from "./source_record.ts";

const RECORD_FORMATS: Readonly<Record<Format, RecordFormat>> = { ndjson: NDJSON, json: JSON_ARRAY, csv: CSV };
/** How many refusals are told one by one. */
const TOLD_REFUSALS = 10;

/** A record that was refused, where, and why. */
export interface RefusedRecord {
  readonly record: SourceRecord;
  readonly refusal: Refusal;
}

/** What is stored together. */
export interface IngestBatch {
  readonly events: readonly NewRecord[];
  readonly refused: readonly RefusedRecord[];
}

/** How far an ingest is; both counts are of what is stored. */
export interface Tally {
  readonly accepted: number;
  readonly refused: number;
  readonly firstRefusals: readonly RefusedRecord[];
}

/** What an ingest is told. */
export interface IngestOptions {
  /** Detected where left out. */
  readonly format?: Format | undefined;
  /** The name that tells the format. */
  readonly fileName: string;
  /** The store of events that name none. */
  readonly defaultStore?: string | undefined;
  /** Resolves when all of a batch is acknowledged. */
  readonly store: (batch: IngestBatch) => Promise<void>;
  /** Told after every batch. */
  readonly progress: (tally: Tally) => void;
}

/**
 * Checks and stores the records of an input in order. One batch is under way while the next is read and checked, so
 * memory stays flat and a slow broker slows the reading down. Ends early, with what was stored, when the signal aborts.
 *
 * @throws what {@link IngestOptions.store} or the input throws; what was stored by then stays stored.
 */
export async function ingest(
  chunks: AsyncIterable<Uint8Array>,
  options: IngestOptions,
  signal: AbortSignal,
): Promise<Tally> {
  const tally = { accepted: 0, refused: 0, firstRefusals: [] as RefusedRecord[] };
  const store = async (batch: IngestBatch) => {
    await options.store(batch);
    tally.accepted += batch.events.length;
    tally.refused += batch.refused.length;
    const untold = TOLD_REFUSALS - tally.firstRefusals.length;
    if (untold > 0) tally.firstRefusals.push(...batch.refused.slice(0, untold).map(detached));
    options.progress(tally);
  };

  let underWay = Promise.resolve();
  try {
    for await (const batch of checkedBatches(chunks, options)) {
      await underWay;
      if (signal.aborted) break;
      underWay = store(batch);
      // Its failure is met at the next await.
      underWay.catch(() => {});
    }
  } finally {
    await underWay;
  }
  return tally;
}

async function* checkedBatches(
  chunks: AsyncIterable<Uint8Array>,
  { format, fileName, defaultStore }: IngestOptions,
): AsyncGenerator<IngestBatch> {
  const input = chunks[Symbol.asyncIterator]();
  const first = await input.next();
  if (first.done) return;
  const chosen = format ?? detectFormat(fileName, first.value);
  const check = recordChecker(chosen, defaultStore);
  for await (const records of splitRecords(chain(first.value, input), RECORD_FORMATS[chosen])) {
    const events: NewRecord[] = [];
    const refused: RefusedRecord[] = [];
    for (const record of records) {
      const verdict = check(record);
      switch (verdict.kind) {
        case "accepted":
          events.push(verdict);
          break;
        case "refused":
          refused.push({ record, refusal: verdict.refusal });
          break;
        case "header":
          break;
      }
    }
    if (records.length > 0) yield { events, refused };
  }
}

async function* chain(first: Uint8Array, rest: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield first;
  for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
}

/** Without the file's chunk, which its bytes would keep in memory. */
function detached({ record, refusal }: RefusedRecord): RefusedRecord {
  return { record: { ...record, bytes: record.bytes.slice() }, refusal };
}
