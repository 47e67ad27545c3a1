import { type HeadedRecord, MemoryLog, readRange } from "@countinghouse/log";
import { type SeededRandom, seededRandom } from "../seeded_random.ts";
import { FAULT_POINTS, FaultJournal } from "./fault.ts";
import { GuardedMinuteStore } from "./guarded_minute_store.ts";
import { MemorySnapshots } from "./memory_snapshots.ts";
import { produce } from "./producer.ts";
import { inSimulatedTime, sleep } from "./simulated_time.ts";
import { type Fate, LONGEST_STALL_MS, SimulatedWorker, TOPICS, type World } from "./simulated_worker.ts";
import { PATIENT, randomSettings, type WorkerSettings } from "./worker_settings.ts";

/** What a simulated run leaves behind. */
export interface Outcome {
  readonly seed: number;
  readonly journal: FaultJournal;
  readonly log: MemoryLog;
  /** The records of each partition of the events' topic. */
  readonly records: readonly (readonly HeadedRecord[])[];
  readonly store: GuardedMinuteStore;
}

const PARTITIONS = [0, 1];
const FEWEST_LIVES = 4;
const NO_FAULTS: Fate = { strike: undefined, errorChance: 0, lateChance: 0, wanders: false };
const STRIKES = FAULT_POINTS.flatMap((point) =>
  [{ kind: "crash", point }, { kind: "stall", point }] as const
);

/**
 * A producer that appends events, and one life of a rollup worker after the other: each ends in a crash or stalls
 * at a point that the seed chose, or is stopped, or goes on for a while when the next one has begun. The last one
 * meets no fault. Everything follows from the seed.
 */
export function simulate(
  seed: number,
  createStore: () => GuardedMinuteStore = () => new GuardedMinuteStore(),
): Promise<Outcome> {
  return inSimulatedTime(async () => {
    const random = seededRandom(seed);
    const clock = { nowMs: 0 };
    const log = new MemoryLog({
      partitions: PARTITIONS.length,
      random: random.fraction,
      nowMs: () => clock.nowMs,
      maxBatchRecords: random.pick([5, 30, 100]),
    });
    const store = createStore();
    const journal = new FaultJournal();
    const polled = PARTITIONS.map(() => 0);
    const world: World = {
      workers: [],
      log,
      partitions: PARTITIONS,
      store,
      snapshots: new MemorySnapshots(),
      journal,
      random,
      onPoll: ({ partition, records, through }) => {
        const known = records.filter(({ offset }) => offset < polled[partition]!).length;
        if (known > 0) journal.count("record delivered again", known);
        polled[partition] = Math.max(polled[partition]!, through);
      },
      onCommit: (positions) => {
        for (const [partition, through] of positions) {
          if (through > store.position(partition)) {
            store.violations.push(`partition ${partition}: committed ${through} ahead of the books`);
          }
        }
      },
    };
    const produced = produce({ log, topic: TOPICS.events, clock, journal, random });
    await liveThrough(seed, world, produced);
    const recordsIn = (topic: string) =>
      Promise.all(PARTITIONS.map((partition) => recordsOf(log, topic, partition)));
    const records = await recordsIn(TOPICS.events);
    for (const letters of await recordsIn(TOPICS.deadLetters)) {
      const different = new Set(letters.map(({ headers }) => headers["source_offset"])).size;
      if (different < letters.length) journal.count("dead letter appended again", letters.length - different);
    }
    return { seed, journal, log, records, store };
  });
}

async function liveThrough(seed: number, world: World, produced: Promise<void>): Promise<void> {
  const { random, journal, snapshots } = world;
  let producing = true;
  void produced.then(() => producing = false);
  const errorChance = random.pick([0, 0.01, 0.04]);
  const lateChance = random.pick([0, 0.02, 0.1]);
  const retired: Promise<void>[] = [];
  for (let life = 1; producing || life <= FEWEST_LIVES; life++) {
    if (life > 1) damageSnapshots(snapshots, journal, random);
    const strike = {
      ...STRIKES[(11 * seed + life) % STRIKES.length]!,
      passing: random.pick([1, 1, 2, 3, 6, 15]),
    };
    const wanders = random.chance(0.4);
    const fate = { strike, errorChance, lateChance, wanders };
    const worker = begin(`worker ${life}`, world, fate, randomSettings(random));
    const lifeMs = 50 + random.fraction() ** 3 * 8_000;
    await Promise.race([worker.gone, worker.stalled, sleep(lifeMs)]);
    const letGoMs = random.chance(0.4) ? 0 : random.fraction() * 5_000;
    if (letGoMs === 0 && worker.isUp) {
      worker.stop();
      await Promise.race([worker.gone, worker.stalled, sleep(lifeMs)]);
    }
    retired.push(retire(worker, letGoMs, random.chance(0.5)));
    await sleep(random.fraction() * 500);
  }
  await produced;
  const last = begin("last worker", world, NO_FAULTS, PATIENT);
  await caughtUp(last, world);
  last.stop();
  await last.gone;
  await Promise.all(retired);
  // By then the last late effect has arrived.
  await sleep(LONGEST_STALL_MS);
}

function begin(name: string, world: World, fate: Fate, settings: WorkerSettings): SimulatedWorker {
  const { workers, journal } = world;
  journal.note(workers.some((other) => other.isUp) ? "begins while another goes on" : "begins", name);
  const worker = new SimulatedWorker(name, world, fate, settings);
  workers.push(worker);
  return worker;
}

/** Takes a worker's partitions away after a while: it is told, and cut off if it does not end; or just cut off. */
async function retire(worker: SimulatedWorker, afterMs: number, isTold: boolean): Promise<void> {
  await Promise.race([worker.gone, sleep(afterMs)]);
  if (isTold) {
    worker.stop();
    await Promise.race([worker.gone, sleep(20_000)]);
  }
  worker.crash();
}

function damageSnapshots(snapshots: MemorySnapshots, journal: FaultJournal, random: SeededRandom): void {
  const atMost = random.pick([0, 0, 0, 1, 1, 3]);
  for (const partition of PARTITIONS) {
    if (snapshots.damage(partition, atMost, random) > 0) {
      journal.note(atMost === 1 ? "newest snapshot damaged" : "all snapshots damaged", `disk ${partition}`);
    }
  }
}

async function caughtUp(worker: SimulatedWorker, { log }: World): Promise<void> {
  for (;;) {
    const ranges = await log.ranges(TOPICS.events);
    if (ranges.every(({ partition, end }) => worker.polled.get(partition) === end)) return;
    await sleep(50);
  }
}

async function recordsOf(log: MemoryLog, topic: string, partition: number): Promise<readonly HeadedRecord[]> {
  const range = (await log.ranges(topic)).find((range) => range.partition === partition)!;
  return await Array.fromAsync(readRange(log, topic, range, new AbortController().signal));
}
