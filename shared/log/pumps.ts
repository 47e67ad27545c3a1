import type { Offset } from "@countinghouse/core";
import type { Assignment } from "./assignment.ts";
import { type PumpOptions, runPump } from "./pump.ts";

/** What the pumps of several partitions are made of. */
export interface PumpsOptions<Change, Stored = never>
  extends Omit<PumpOptions<Change, Stored>, "partition" | "onProgress"> {
  readonly assignment: Assignment;
  /** Tells lag tools how far the partitions are, every few seconds; nothing depends on it. */
  readonly commit: (positions: ReadonlyMap<number, Offset>) => Promise<void>;
}

const COMMIT_INTERVAL_MS = 5_000;

/**
 * Runs a pump for each partition that is assigned, until the signal aborts and all have drained. One that is no
 * longer assigned drains and is released, and begins anew if it is assigned again. When one fails, the others are stopped.
 *
 * @throws what the first pump to fail threw.
 */
export async function runPumps<Change, Stored>(
  options: PumpsOptions<Change, Stored>,
  signal: AbortSignal,
): Promise<void> {
  const { assignment, logger, topic } = options;
  const pumps = new Map<number, RunningPump>();
  const positions = new Map<number, Offset>();
  const failure = new AbortController();
  const until = AbortSignal.any([signal, failure.signal]);
  let wanted: ReadonlySet<number> = new Set();

  const start = (partition: number) => {
    const stop = new AbortController();
    const onProgress = ({ through }: { through: Offset }) => void positions.set(partition, through);
    const ended = runPump({ ...options, partition, onProgress }, AbortSignal.any([until, stop.signal]))
      .catch((error) => failure.abort(error))
      .then(() => leave(partition));
    pumps.set(partition, { stop, ended });
  };
  const leave = async (partition: number) => {
    await assignment.release(partition);
    pumps.delete(partition);
    logger.info("let go of", { topic, partition });
    adjust();
  };
  // Does not wait for pumps that drain: leases of the others have to be renewed meanwhile.
  const adjust = () => {
    if (until.aborted) return;
    for (const [partition, { stop }] of pumps) if (!wanted.has(partition)) stop.abort();
    for (const partition of wanted) if (!pumps.has(partition)) start(partition);
  };

  const stopCommitting = committing(options, positions);
  try {
    for await (wanted of assignment.watch(until)) adjust();
  } finally {
    failure.abort();
    await Promise.all([...pumps.values()].map(({ ended }) => ended));
    await stopCommitting();
  }
  if (!signal.aborted) throw failure.signal.reason;
}

interface RunningPump {
  readonly stop: AbortController;
  readonly ended: Promise<void>;
}

/** Commits positions from time to time; answers how to stop, with a last commit. */
function committing<Change, Stored>(
  { commit, logger }: PumpsOptions<Change, Stored>,
  positions: Map<number, Offset>,
): () => Promise<void> {
  const commitNow = async () => {
    if (positions.size === 0) return;
    const reached = new Map(positions);
    positions.clear();
    await commit(reached).catch((error) => {
      logger.debug("could not commit offsets for lag tools", { error: String(error) });
    });
  };
  const timer = setInterval(commitNow, COMMIT_INTERVAL_MS);
  return () => {
    clearInterval(timer);
    return commitNow();
  };
}
