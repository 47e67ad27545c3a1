/**
 * Who reads which partition. It decides about work, not about truth: two workers that read the same partition for a
 * while write the same documents, and the one that is behind changes nothing.
 */
export interface Assignment {
  /** The partitions that this worker should read: first at once, then whenever that changes, until the signal aborts. */
  watch(signal: AbortSignal): AsyncIterable<ReadonlySet<number>>;

  /** Tells that a partition which is no longer wanted has been let go of, so that another one can take it. */
  release(partition: number): Promise<void>;
}

/** The same partitions for ever. */
export function fixedAssignment(partitions: readonly number[]): Assignment {
  return {
    async *watch(signal) {
      yield new Set(partitions);
      await new Promise<void>((resolve) => {
        if (signal.aborted) resolve();
        else signal.addEventListener("abort", () => resolve(), { once: true });
      });
    },
    release: () => Promise.resolve(),
  };
}
