import type { Log } from "@countinghouse/log";
import type { SeededRandom } from "../seeded_random.ts";
import { type Arrival, eventStream } from "./event_stream.ts";
import type { FaultJournal } from "./fault.ts";
import { sleep } from "./simulated_time.ts";

/** What a producer works with. */
export interface ProducerOptions {
  readonly log: Log;
  readonly topic: string;
  /** The broker's clock, which the producer sets: hours of events are appended within seconds. */
  readonly clock: { nowMs: number };
  readonly journal: FaultJournal;
  readonly random: SeededRandom;
}

/** It waits no longer for more events before it appends those it has. */
const LONGEST_CHUNK_MS = 10_000;
const LARGEST_CHUNK = 30;
/** How long it is at work in all, on average. */
const PRODUCING_MS = 4_000;
/** A chunk that is not acknowledged is sent again after at most so long. */
const LONGEST_RETRY_MS = 2_000;

/** Appends an event stream chunk by chunk; and again, now in part and now whole, where no acknowledgement came. */
export async function produce({ log, topic, clock, journal, random }: ProducerOptions): Promise<void> {
  const arrivals: Arrival[] = [...eventStream(random)];
  const total = arrivals.length;
  while (arrivals.length > 0) {
    const chunk = arrivals.splice(0, chunkSize(arrivals, 1 + random.whole(LARGEST_CHUNK)));
    await sleep(random.fraction() * 2 * PRODUCING_MS * chunk.length / total);
    clock.nowMs = Math.max(clock.nowMs, chunk.at(-1)!.atMs);
    while (random.chance(0.05)) {
      await log.append(topic, chunk.slice(0, random.whole(chunk.length + 1)));
      journal.note("append unacknowledged", "producer");
      clock.nowMs += random.whole(LONGEST_RETRY_MS);
    }
    await log.append(topic, chunk);
  }
}

function chunkSize(arrivals: readonly Arrival[], atMost: number): number {
  const untilMs = arrivals[0]!.atMs + LONGEST_CHUNK_MS;
  const tooLate = arrivals.findIndex(({ atMs }, at) => at === atMost || atMs > untilMs);
  return tooLate < 0 ? arrivals.length : tooLate;
}
