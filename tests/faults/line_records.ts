import { partitionKey } from "@countinghouse/core";
import type { NewRecord } from "@countinghouse/log";
import { type Recount, recount } from "../oracle.ts";
import { randomEvent } from "../recount_event.ts";
import { seededRandom } from "../seeded_random.ts";

/** Which events to make. */
export interface RandomEventsOptions {
  readonly events: number;
  readonly seed: number;
  readonly startMs: number;
  readonly spanMs: number;
  /** How many of them come a second time, some records later. */
  readonly repeated?: number;
}

/** Random events of several stores and currencies in the order of their time, as records of the log. */
export function randomRecords(options: RandomEventsOptions): NewRecord[] {
  const { events, seed, startMs, spanMs, repeated = 0 } = options;
  const random = seededRandom(seed);
  const records = Array.from({ length: events }, (_, at) => {
    const timeMs = startMs + Math.floor(at * spanMs / events);
    const { fields } = randomEvent(at + 1, timeMs, random);
    return recordOf({ ...fields, event_id: `${seed}-${fields["event_id"]}`, ...orderOf(fields, seed) });
  });
  for (let left = repeated; left > 0; left--) {
    const from = random.whole(records.length);
    records.splice(from + random.whole(records.length - from), 0, records[from]!);
  }
  return records;
}

/** Order ids of different seeds are different orders. */
function orderOf({ order_id }: Readonly<Record<string, unknown>>, seed: number) {
  return order_id === undefined ? {} : { order_id: `${seed}-${order_id}` };
}

/** An event as a record of the log. */
export function recordOf(fields: Readonly<Record<string, unknown>>): NewRecord {
  const value = new TextEncoder().encode(JSON.stringify(fields));
  return { key: keyOf(value), value };
}

/** The lines of an NDJSON file as records of the log. */
export function recordsOfLines(file: Uint8Array): NewRecord[] {
  const records: NewRecord[] = [];
  for (let from = 0; from < file.length;) {
    const newline = file.indexOf(10, from);
    const to = newline < 0 ? file.length : newline;
    const value = file.subarray(from, to);
    records.push({ key: keyOf(value), value });
    from = to + 1;
  }
  return records;
}

/** What records come to, in the order given; none of them may hold a newline. */
export async function recountOf(records: readonly NewRecord[]): Promise<Recount> {
  const lines = records.flatMap(({ value }) => [value ?? "", "\n"]) as BlobPart[];
  return recount(await new Blob(lines).bytes());
}

/** The records in pieces of equal size, the last one perhaps smaller. */
export function piecesOf<T>(records: readonly T[], pieces: number): readonly (readonly T[])[] {
  const size = Math.ceil(records.length / pieces);
  return Array.from({ length: pieces }, (_, at) => records.slice(at * size, (at + 1) * size));
}

/** The key that every producer gives; none for what is no event, which may go to any partition. */
function keyOf(line: Uint8Array): Uint8Array | null {
  try {
    const { store_id = "default", user_id } = JSON.parse(new TextDecoder().decode(line));
    return typeof user_id === "string" ? partitionKey(store_id, user_id) : null;
  } catch {
    return null;
  }
}
