import { type Backoff, DEFAULT_BACKOFF } from "./backoff.ts";
import { type ProcessSpec, SupervisedProcess } from "./supervised_process.ts";
import { readRecord, stopLeftovers, writeRecord } from "./process_record.ts";
import { AlreadyRunningError, RunLock } from "./run_lock.ts";

/** How a supervisor is set up. */
export interface SupervisorOptions {
  /** Where its lock and its record of processes are; one supervisor runs on a folder at a time. */
  readonly runDir: string;
  /** Where a line for the user goes: whose it is, and what it says. */
  readonly say: (name: string, line: string) => void;
  readonly backoff?: Backoff;
}

/** Processes that are stopped together. */
export interface ProcessGroup {
  /** Starts a process and keeps it running. @throws where the program can't be started at all. */
  start(spec: ProcessSpec): SupervisedProcess;
}

/**
 * Keeps processes running, and stops them in order: the group that was made last goes first, all its processes at
 * once. It knows nothing of what the processes do.
 */
export class Supervisor implements AsyncDisposable {
  readonly #options: SupervisorOptions;
  readonly #lock: RunLock;
  readonly #groups: { readonly graceMs: number; readonly processes: SupervisedProcess[] }[] = [];
  #recording: Promise<void> = Promise.resolve();
  #stopped: Promise<void> | undefined;

  private constructor(options: SupervisorOptions, lock: RunLock) {
    this.#options = options;
    this.#lock = lock;
  }

  /**
   * Takes over the folder: ends what a killed supervisor left running there.
   *
   * @throws {AlreadyRunningError} when another supervisor runs there.
   */
  static async open(options: SupervisorOptions): Promise<Supervisor> {
    const lock = await RunLock.take(options.runDir);
    const record = await readRecord(recordFile(options.runDir));
    if (lock === undefined) {
      const who = record === undefined ? "" : ` as process ${record.supervisor.pid}`;
      throw new AlreadyRunningError(
        `Cannot start a second stack on ${options.runDir}: one is running${who}. ` +
          "Stop it with ^C where it runs, or set DATA_DIR to another folder for a stack beside it",
      );
    }
    if (record !== undefined) {
      const stopped = await stopLeftovers(record);
      if (stopped.length > 0) {
        options.say("supervisor", `stopped what the last run left: ${stopped.join(", ")}`);
      }
    }
    await writeRecord(recordFile(options.runDir), []);
    return new Supervisor(options, lock);
  }

  /** A new group; each of its processes has `graceMs` to end when it is stopped. */
  group(graceMs: number): ProcessGroup {
    const processes: SupervisedProcess[] = [];
    this.#groups.push({ graceMs, processes });
    return {
      start: (spec) => {
        if (this.#stopped !== undefined) {
          throw new Error(`Cannot start ${spec.name}: the supervisor is stopping`);
        }
        const events = { say: this.#options.say, changed: () => this.#record() };
        const process = new SupervisedProcess(spec, events, this.#options.backoff ?? DEFAULT_BACKOFF);
        processes.push(process);
        process.start();
        return process;
      },
    };
  }

  /** Stops everything; a second call waits for the first. */
  stop(): Promise<void> {
    this.#stopped ??= this.#stopInOrder();
    return this.#stopped;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  async #stopInOrder(): Promise<void> {
    for (const { graceMs, processes } of this.#groups.toReversed()) {
      await Promise.all(processes.map((process) => process.stop(graceMs)));
    }
    await this.#recording;
    await Deno.remove(recordFile(this.#options.runDir)).catch(() => {});
    this.#lock[Symbol.dispose]();
  }

  #record(): void {
    this.#recording = this.#recording.then(async () => {
      const running = this.#groups.flatMap(({ processes }) => processes)
        .flatMap(({ pid, spec }) => pid === undefined ? [] : [{ name: spec.name, pid }]);
      await writeRecord(recordFile(this.#options.runDir), running);
    }).catch((error: Error) => {
      this.#options.say("supervisor", `cannot write down which processes run: ${error.message}`);
    });
  }
}

/** The file with the processes of the supervisor that runs, or last ran, on this folder. */
export function recordFile(runDir: string): string {
  return `${runDir}/processes.json`;
}
