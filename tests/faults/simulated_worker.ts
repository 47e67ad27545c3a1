import { MinuteFold, type Offset } from "@countinghouse/core";
import {
  deadLetterWriter,
  type HeadedBatch,
  InjectedFaultError,
  type Log,
  runPumps,
} from "@countinghouse/log";
import { RollupSink } from "@countinghouse/rollup/sink";
import { createLogger } from "@countinghouse/shared/telemetry";
import type { SeededRandom } from "../seeded_random.ts";
import type { FaultJournal, FaultPoint, Faults, LatePoint, Strike } from "./fault.ts";
import { faultyLog, faultySink } from "./faulty_ports.ts";
import type { GuardedMinuteStore } from "./guarded_minute_store.ts";
import type { MemorySnapshots } from "./memory_snapshots.ts";
import { sleep } from "./simulated_time.ts";
import { wanderingAssignment } from "./wandering_assignment.ts";
import { RULES, type WorkerSettings } from "./worker_settings.ts";

/** The topics of a simulation. */
export const TOPICS = { events: "events", deadLetters: "events.dead-letter" } as const;

/** What workers share. */
export interface World {
  /** All that ever began. */
  readonly workers: SimulatedWorker[];
  readonly log: Log;
  readonly partitions: readonly number[];
  readonly store: GuardedMinuteStore;
  readonly snapshots: MemorySnapshots;
  readonly journal: FaultJournal;
  readonly random: SeededRandom;
  readonly onPoll: (batch: HeadedBatch) => void;
  readonly onCommit: (positions: ReadonlyMap<number, Offset>) => void;
}

/** What one worker meets. */
export interface Fate {
  readonly strike: Strike | undefined;
  /** The chance that a call fails, each time it passes a point. */
  readonly errorChance: number;
  /** The chance that an effect arrives late. */
  readonly lateChance: number;
  /** Whether its partitions are taken away and given back. */
  readonly wanders: boolean;
}

/** What a call of a stalled worker takes at most, and what arrives late. */
export const LONGEST_STALL_MS = 6_000;
const LONGEST_CALL_MS = 10;

/** The rollup worker, wired as its main.ts does, between ports that follow its fate. */
export class SimulatedWorker implements Faults {
  /** Resolves when it crashed or ended. */
  readonly gone: Promise<void>;
  /** Resolves when it stalled. */
  readonly stalled: Promise<void>;
  /** How far it has read each partition. */
  readonly polled = new Map<number, Offset>();
  #state: "up" | "stalled" | "crashed" | "ended" = "up";
  readonly #world: World;
  readonly #fate: Fate;
  readonly #settings: WorkerSettings;
  readonly #stop = new AbortController();
  readonly #passings = new Map<FaultPoint, number>();
  readonly #onGone: () => void;
  readonly #onStalled: () => void;

  constructor(readonly name: string, world: World, fate: Fate, settings: WorkerSettings) {
    this.#world = world;
    this.#fate = fate;
    this.#settings = settings;
    ({ promise: this.gone, resolve: this.#onGone } = Promise.withResolvers<void>());
    ({ promise: this.stalled, resolve: this.#onStalled } = Promise.withResolvers<void>());
    void this.#run();
  }

  /** Whether it is at work. */
  get isUp(): boolean {
    return this.#state === "up" || this.#state === "stalled";
  }

  /** Tells it to let go of its partitions. */
  stop(): void {
    this.#stop.abort(new Error("stopped"));
  }

  /** From here on it never gets an answer, and nothing that it does has an effect. */
  crash(): void {
    if (!this.isUp) return;
    this.#state = "crashed";
    this.#onGone();
  }

  async pass(point: FaultPoint): Promise<void> {
    const { random, journal } = this.#world;
    const longestMs = this.#state === "stalled" ? LONGEST_STALL_MS : LONGEST_CALL_MS;
    await sleep(random.fraction() * longestMs);
    if (this.isUp && this.#isStruckAt(point)) this.#strike(this.#fate.strike!);
    if (this.#state === "crashed") await new Promise(() => {});
    if (!random.chance(this.#fate.errorChance)) return;
    journal.note(`error ${point}`, this.name);
    throw new InjectedFaultError(`Cannot pass: an error ${point}`);
  }

  isLate(point: LatePoint): boolean {
    if (!this.#world.random.chance(this.#fate.lateChance)) return false;
    this.#world.journal.note(`late ${point}`, this.name);
    return true;
  }

  onStale(): void {
    const whose = this.#state === "stalled" ? "a zombie" : "a worker that replays";
    this.#world.journal.count(`stale document of ${whose} refused`);
  }

  #isStruckAt(point: FaultPoint): boolean {
    const passing = (this.#passings.get(point) ?? 0) + 1;
    this.#passings.set(point, passing);
    const { strike } = this.#fate;
    return strike?.point === point && strike.passing === passing;
  }

  #strike({ kind, point }: Strike): void {
    const { journal, workers } = this.#world;
    journal.note(`${kind} ${point}`, this.name);
    if (kind === "crash") {
      if (workers.some((other) => other !== this && other.isUp)) journal.count("crash during a rebalance");
      this.crash();
    } else {
      this.#state = "stalled";
      this.#onStalled();
    }
  }

  async #run(): Promise<void> {
    const { partitions, store, snapshots, onCommit, journal, random } = this.#world;
    const { closedMinutesKept, pump } = this.#settings;
    const onPoll = (batch: HeadedBatch) => {
      this.polled.set(batch.partition, batch.through);
      this.#world.onPoll(batch);
    };
    const lateMs = () => random.fraction() * LONGEST_STALL_MS;
    const log = faultyLog({ log: this.#world.log, topic: TOPICS.events, faults: this, lateMs, onPoll });
    const minutes = faultySink({ store, snapshots, faults: this, lateMs });
    // Not the one that stops the worker: what it writes then may hold a dead letter, too.
    const ended = new AbortController();
    const deadLetters = deadLetterWriter(log, TOPICS.deadLetters, ended.signal);
    try {
      await runPumps({
        log,
        topic: TOPICS.events,
        assignment: wanderingAssignment({
          partitions,
          random,
          wanders: this.#fate.wanders,
          onChange: (change) => this.isUp && journal.note(change, this.name),
          release: () => this.pass("letting go of a partition").catch(() => {}),
        }),
        createFold: (partition, from) => new MinuteFold(partition, { ...RULES, closedMinutesKept }, from),
        sink: new RollupSink(TOPICS.events, minutes, deadLetters),
        logger: createLogger("error", () => {}),
        ...pump,
        commit: async (positions) => {
          await this.pass("before the commit");
          onCommit(positions);
          await this.pass("after the commit");
        },
      }, this.#stop.signal);
      journal.note("stopped", this.name);
    } catch (error) {
      journal.note("ended by an error", this.name);
      if (!(error instanceof InjectedFaultError)) store.violations.push(`${this.name}: ${error}`);
    }
    ended.abort();
    this.#state = "ended";
    this.#onGone();
  }
}
