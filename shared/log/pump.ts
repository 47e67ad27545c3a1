import { type Fold, type Offset, START } from "@countinghouse/core";
import type { Logger } from "@countinghouse/shared/telemetry";
import type { HeadedBatch, Log } from "./log.ts";
import { PumpWriter } from "./pump_writer.ts";
import { retrying } from "./retry.ts";
import type { Sink } from "./sink.ts";

/** What one partition's pump is made of. */
export interface PumpOptions<Change, Stored = never> {
  readonly log: Log;
  readonly topic: string;
  readonly partition: number;
  /** A fold that holds nothing and reads on at an offset. */
  readonly createFold: (partition: number, from: Offset) => Fold<Change, Stored>;
  readonly sink: Sink<Change, Stored>;
  readonly logger: Logger;
  /** The least time between two writes. */
  readonly tickMs: number;
  /** The same while records come in at a rate: a sink that likes large writes waits longer when there are many. */
  readonly busyTickMs?: (recordsPerSecond: number) => number;
  /** The least time between two writes of everything, what is wanted less often included. */
  readonly wholeTickMs: number;
  /** A write comes earlier when this many records are folded in and not yet written. */
  readonly maxPendingRecords: number;
  /** How often a snapshot is saved, for a sink that keeps them. */
  readonly checkpointIntervalMs: number;
  /**
   * A snapshot comes earlier when so many records were folded in since the last one, and would have to be read again
   * after a crash; but not so often that the store is busy with snapshots. Left out, it never does.
   */
  readonly checkpointRecords?: number;
  /** How long the last write and snapshot may take when the partition is let go. */
  readonly drainMs: number;
  /** Called after each write. */
  readonly onProgress?: (progress: PumpProgress) => void;
}

/** How far a partition is. */
export interface PumpProgress {
  readonly partition: number;
  /** Written through here. */
  readonly through: Offset;
  /** The log's end as last seen. */
  readonly end: Offset;
}

/**
 * Drives a fold from one partition of the log into a sink until the signal aborts: asks the sink how far it is,
 * reads on from there, folds, writes, saves snapshots. The next records are folded in while a write is under way;
 * a sink that does not answer stops the reading once {@link PumpOptions.maxPendingRecords} are waiting, and writes
 * are tried again until they work.
 *
 * @throws when the log no longer holds what the sink still needs, or the fold fails.
 */
export async function runPump<Change, Stored>(
  options: PumpOptions<Change, Stored>,
  signal: AbortSignal,
): Promise<void> {
  const { log, topic, partition, logger } = options;
  const resumed = await resume(options, signal).catch((error) => {
    if (signal.aborted) return undefined;
    throw error;
  });
  if (resumed === undefined) return;
  const { fold, storedThrough } = resumed;
  logger.info("reading", { topic, partition, from: fold.through });
  const writer = new PumpWriter(options, fold, storedThrough, signal);
  const batches = log.read(topic, partition, fold.through, signal)[Symbol.asyncIterator]();
  try {
    for (;;) {
      const batch = await Promise.race([batches.next(), writer.failed]);
      if (batch.done) break;
      await foldIn(options, fold, batch.value, writer, signal);
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    await batches.return?.();
    await writer.drain();
  }
}

/** A fold that stands where it can go on, and how far the sink is: further, when the fold comes from a snapshot. */
interface Resumed<Change, Stored> {
  readonly fold: Fold<Change, Stored>;
  readonly storedThrough: Offset;
}

async function resume<Change, Stored>(
  options: PumpOptions<Change, Stored>,
  signal: AbortSignal,
): Promise<Resumed<Change, Stored>> {
  const { sink, partition, createFold, log, topic, logger } = options;
  return await retrying(`reading the position of partition ${partition}`, logger, signal, async () => {
    const [storedThrough, restored] = await Promise.all([sink.position(partition), restore(options)]);
    if (restored !== undefined) return { fold: restored, storedThrough };
    const goesOn = sink.snapshots === undefined && storedThrough !== START;
    const from = goesOn ? storedThrough : await startOf(log, topic, partition);
    return { fold: createFold(partition, from), storedThrough };
  });
}

/** The fold of the newest snapshot that can be used. */
async function restore<Change, Stored>(
  { sink, partition, createFold, logger }: PumpOptions<Change, Stored>,
): Promise<Fold<Change, Stored> | undefined> {
  if (sink.snapshots === undefined) return undefined;
  for await (const snapshot of sink.snapshots.list(partition)) {
    const fold = createFold(partition, START);
    if (fold.restore(snapshot)) return fold;
    logger.warn("skipped a snapshot that is damaged or of another version", { partition });
  }
  return undefined;
}

/** Where a sink that has nothing yet begins: the oldest record that the log still holds. */
async function startOf(log: Log, topic: string, partition: number): Promise<Offset> {
  const range = (await log.ranges(topic)).find((range) => range.partition === partition);
  return range?.start ?? START;
}

async function foldIn<Change, Stored>(
  { sink, partition, logger }: PumpOptions<Change, Stored>,
  fold: Fold<Change, Stored>,
  batch: HeadedBatch,
  writer: PumpWriter<Change, Stored>,
  signal: AbortSignal,
): Promise<void> {
  const keys = fold.needs(batch);
  if (keys.length > 0 && sink.load !== undefined) {
    const load = sink.load.bind(sink);
    // What the fold let go of may still be on its way into the sink.
    await writer.settled();
    const what = `loading stored state of partition ${partition}`;
    fold.load(await retrying(what, logger, signal, () => load(partition, keys)));
  }
  fold.apply(batch);
  await writer.folded(batch);
}
