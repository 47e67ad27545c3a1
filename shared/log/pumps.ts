import type { Offset } from "@countinghouse/core";
import { type PumpOptions, runPump } from "./pump.ts";

/** What the pumps of several partitions are made of. */
export interface PumpsOptions<Change, Stored = never>
  extends Omit<PumpOptions<Change, Stored>, "partition" | "onProgress"> {
  readonly partitions: readonly number[];
  /** Tells lag tools how far the partitions are, every few seconds; nothing depends on it. */
  readonly commit: (positions: ReadonlyMap<number, Offset>) => Promise<void>;
}

const COMMIT_INTERVAL_MS = 5_000;

/**
 * Runs a pump for each partition until the signal aborts and all have drained. When one fails, the others are
 * stopped.
 *
 * @throws what the first pump to fail threw.
 */
export async function runPumps<Change, Stored>(
  options: PumpsOptions<Change, Stored>,
  signal: AbortSignal,
): Promise<void> {
  const positions = new Map<number, Offset>();
  const failure = new AbortController();
  const until = AbortSignal.any([signal, failure.signal]);
  const commit = async () => {
    if (positions.size === 0) return;
    const reached = new Map(positions);
    positions.clear();
    await options.commit(reached).catch((error) => {
      options.logger.debug("could not commit offsets for lag tools", { error: String(error) });
    });
  };
  const timer = setInterval(commit, COMMIT_INTERVAL_MS);
  const pumps = options.partitions.map((partition) => {
    const onProgress = ({ through }: { through: Offset }) => void positions.set(partition, through);
    return runPump({ ...options, partition, onProgress }, until).catch((error) => {
      failure.abort(error);
      throw error;
    });
  });
  const ends = await Promise.allSettled(pumps);
  clearInterval(timer);
  await commit();
  const failed = ends.find((end) => end.status === "rejected");
  if (failed !== undefined) throw failed.reason;
}
