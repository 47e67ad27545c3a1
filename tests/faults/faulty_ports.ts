import type { Offset } from "@countinghouse/core";
import { type HeadedBatch, InjectedFaultError, type Log, type SnapshotStore } from "@countinghouse/log";
import type { MinuteSink } from "@countinghouse/rollup/sink";
import type { Faults, LatePoint } from "./fault.ts";
import type { GuardedMinuteStore } from "./guarded_minute_store.ts";
import type { MemorySnapshots } from "./memory_snapshots.ts";
import { sleep } from "./simulated_time.ts";

/** How a log's port is made faulty. */
export interface FaultyLogOptions {
  readonly log: Log;
  /** The topic that the worker reads; the other one is the dead letters'. */
  readonly topic: string;
  readonly faults: Faults;
  /** How long a late effect is under way. */
  readonly lateMs: () => number;
  /** Told of each batch that a worker gets of the topic. */
  readonly onPoll: (batch: HeadedBatch) => void;
}

/** A log as one worker sees it. */
export function faultyLog({ log, topic, faults, lateMs, onPoll }: FaultyLogOptions): Log {
  return {
    async append(to, records) {
      await faults.pass("before the dead letters");
      await arriving("before the dead letters", faults, lateMs, () => log.append(to, records), async () => {
        const half = records.length >> 1;
        await log.append(to, records.slice(0, half));
        await faults.pass("among the dead letters");
        await log.append(to, records.slice(half));
      });
      await faults.pass("after the dead letters");
    },
    async *read(of, partition, from, signal) {
      for await (const batch of log.read(of, partition, from, signal)) {
        await faults.pass(of === topic ? "after the poll" : "reading the dead letters");
        if (of === topic) onPoll(batch);
        yield batch;
      }
    },
    async ranges(of) {
      await faults.pass("asking for the log's range");
      return await log.ranges(of);
    },
  };
}

/** How a store's port is made faulty. */
export interface FaultySinkOptions {
  readonly store: GuardedMinuteStore;
  readonly snapshots: MemorySnapshots;
  readonly faults: Faults;
  /** How long a late effect is under way. */
  readonly lateMs: () => number;
}

/** A store as one worker sees it. */
export function faultySink({ store, snapshots, faults, lateMs }: FaultySinkOptions): MinuteSink {
  return {
    async position(partition) {
      await faults.pass("asking for the position");
      return store.position(partition);
    },
    write: (batch) =>
      arriving(
        "before the minutes",
        faults,
        lateMs,
        () => store.write(batch, { pass: () => Promise.resolve(), onStale: () => faults.onStale() }),
        () => store.write(batch, faults),
      ),
    async load(_partition, keys) {
      await faults.pass("loading stored minutes");
      return store.load(keys);
    },
    snapshots: faultySnapshots(snapshots, faults, lateMs),
  };
}

function faultySnapshots(snapshots: MemorySnapshots, faults: Faults, lateMs: () => number): SnapshotStore {
  return {
    list: (partition) => snapshots.list(partition, () => faults.pass("listing the snapshots")),
    async save(partition: number, through: Offset, bytes: Uint8Array) {
      await faults.pass("before the snapshot");
      const save = () => Promise.resolve(snapshots.save(partition, through, bytes));
      await arriving("before the snapshot", faults, lateMs, save, save);
      await faults.pass("after the snapshot");
    },
  };
}

/** Does what was asked for now; or fails, and does it later, whatever has become of the worker. */
async function arriving(
  point: LatePoint,
  faults: Faults,
  lateMs: () => number,
  later: () => Promise<void>,
  now: () => Promise<void>,
): Promise<void> {
  if (!faults.isLate(point)) return await now();
  void sleep(lateMs()).then(later);
  throw new InjectedFaultError(`Cannot wait any longer: the effect is under way (${point})`);
}
