import { type Recount, recount } from "./oracle.ts";
import { type FileEvent, randomEvent } from "./recount_event.ts";
import { refusedLines } from "./refused_lines.ts";
import { type SeededRandom, seededRandom } from "./seeded_random.ts";

/** What kind of file to make. */
export interface RecountFileOptions {
  readonly path: string;
  /** Well-formed events, duplicates included; refused lines come on top. */
  readonly events: number;
  readonly seed: number;
}

/** A file of events and what it must come to. */
export interface RecountFile {
  readonly path: string;
  /** The first minute and the one behind the last, between which all events lie. */
  readonly startMs: number;
  readonly endMs: number;
  readonly recount: Recount;
}

/** Over a midnight, and the end of a month. */
const START_MS = Date.parse("2025-02-28T22:30:00.000Z");
const SPAN_MS = 3 * 3_600_000;
const DUPLICATE_SHARE = 0.05;

/**
 * Writes an NDJSON file of random events for several stores and currencies, with duplicates near and far, events
 * seconds to hours out of order, and refused lines of each kind; and counts it again. The same seed makes the same
 * file. Shares no code with the product.
 */
export async function makeRecountFile({ path, events, seed }: RecountFileOptions): Promise<RecountFile> {
  const random = seededRandom(seed);
  const lines = withDuplicates(
    shuffledByDelay(Math.round(events * (1 - DUPLICATE_SHARE)), random),
    events,
    random,
  )
    .map((event) => new TextEncoder().encode(JSON.stringify(event.fields)));
  for (const line of refusedLines().values()) lines.splice(random.whole(lines.length), 0, line);
  const file = joinLines(lines);
  await Deno.writeFile(path, file);
  return { path, startMs: START_MS, endMs: START_MS + SPAN_MS, recount: recount(file) };
}

/** Events in the order in which they arrive: by event time and then each one's own delay. */
function shuffledByDelay(events: number, random: SeededRandom): FileEvent[] {
  const arrivals = Array.from({ length: events }, (_, serial) => {
    const timeMs = START_MS + random.whole(SPAN_MS);
    return { arrivalMs: timeMs + randomDelayMs(random), event: randomEvent(serial, timeMs, random) };
  });
  return arrivals.sort((a, b) => a.arrivalMs - b.arrivalMs).map(({ event }) => event);
}

function randomDelayMs(random: SeededRandom): number {
  const chance = random.fraction();
  if (chance < 0.8) return random.whole(500);
  if (chance < 0.95) return random.whole(60_000);
  if (chance < 0.98) return random.whole(15 * 60_000);
  return random.whole(SPAN_MS);
}

/**
 * Repeats random events until there are `total`: half of them within a few lines, half anywhere behind the first.
 * Copies keep user and store, as a shop's retry does.
 */
function withDuplicates(events: readonly FileEvent[], total: number, random: SeededRandom): FileEvent[] {
  const copies = Array.from({ length: total - events.length }, (_, serial) => {
    const at = random.whole(events.length);
    const original = events[at]!;
    const distance = random.chance(0.5) ? random.fraction() * 20 : random.fraction() * (events.length - at);
    return { place: at + distance, event: copyOf(original, serial, random) };
  });
  const originals = events.map((event, at) => ({ place: at, event }));
  return [...originals, ...copies].sort((a, b) => a.place - b.place).map(({ event }) => event);
}

/** The same again, or with another time, or the same order under another event_id. */
function copyOf(original: FileEvent, serial: number, random: SeededRandom): FileEvent {
  const { fields } = original;
  if (fields["event_type"] === "purchase" && fields["order_id"] !== undefined && random.chance(0.5)) {
    return { ...original, fields: { ...fields, event_id: `again-${serial}` } };
  }
  if (!random.chance(0.2)) return original;
  const timeMs = START_MS + random.whole(SPAN_MS);
  return { timeMs, fields: { ...fields, event_ts: new Date(timeMs).toISOString() } };
}

function joinLines(lines: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const file = new Uint8Array(lines.reduce((total, line) => total + line.length + 1, 0));
  let at = 0;
  for (const line of lines) {
    file.set(line, at);
    at += line.length + 1;
    file[at - 1] = 10;
  }
  return file;
}
