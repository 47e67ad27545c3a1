import { type Backoff, deathsInARow, DEFAULT_BACKOFF, restartDelayMs } from "./backoff.ts";
import { type HealthCheck, untilHung } from "./health_check.ts";
import { LogFile } from "./log_file.ts";
import { signalIfThere } from "./signal.ts";
import { sleep } from "./sleep.ts";

/** A program that is to be kept running. */
export interface ProcessSpec {
  /** Its name in messages and in front of its lines. */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** Variables on top of the supervisor's own environment; NO_COLOR is set, as its lines go to a file. */
  readonly env?: Readonly<Record<string, string>>;
  readonly workingDirectory: string;
  /** What it writes to its standard output and error goes here. */
  readonly logFile: string;
  /** Whether its lines are shown as well, with its name in front. */
  readonly echo: boolean;
  /** Where given, a process that hangs is killed, and so started again. */
  readonly health?: HealthCheck;
}

/** What a {@link SupervisedProcess} tells its owner. */
export interface ProcessEvents {
  /** A sentence for the user. */
  readonly say: (name: string, line: string) => void;
  /** It was started, or it ended: {@link SupervisedProcess.pid} is another one now. */
  readonly changed: () => void;
}

interface RunningProcess {
  readonly child: Deno.ChildProcess;
  /** Resolves when all that it wrote has been copied. */
  readonly output: Promise<unknown>;
}

/**
 * A process of its own, in a session of its own, so that ^C on a terminal reaches the supervisor alone and the
 * order in which things stop is the supervisor's. When it dies it is started again, after a {@link Backoff}.
 */
export class SupervisedProcess {
  readonly spec: ProcessSpec;
  readonly #events: ProcessEvents;
  readonly #backoff: Backoff;
  #child: Deno.ChildProcess | undefined;
  #stop = new AbortController();
  #kept: Promise<void> = Promise.resolve();
  #deaths = 0;

  constructor(spec: ProcessSpec, events: ProcessEvents, backoff: Backoff = DEFAULT_BACKOFF) {
    this.spec = spec;
    this.#events = events;
    this.#backoff = backoff;
  }

  /** The running process, or undefined between a death and the next start. */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** Deaths in a row, none of them after a longer time up. */
  get deaths(): number {
    return this.#deaths;
  }

  /** Starts it, and keeps it running until {@link stop}. @throws where the program can't be started at all. */
  start(): void {
    this.#stop = new AbortController();
    this.#deaths = 0;
    this.#kept = this.#keep(this.#spawn());
  }

  /** Sends a signal to the process as it runs now; a signal that ends it counts as a death. */
  kill(signal: Deno.Signal): void {
    if (this.#child !== undefined) signalIfThere(this.#child.pid, signal);
  }

  /** Asks it to end (SIGTERM), and ends it with all its children (SIGKILL) when `graceMs` have passed. */
  async stop(graceMs: number): Promise<void> {
    this.#stop.abort();
    const child = this.#child;
    if (child !== undefined) {
      signalIfThere(child.pid, "SIGTERM");
      const deadline = setTimeout(() => {
        this.#events.say(this.spec.name, `did not end within ${graceMs / 1000} s and is killed`);
        signalIfThere(-child.pid, "SIGKILL");
      }, graceMs);
      await child.status;
      clearTimeout(deadline);
    }
    await this.#kept;
  }

  #spawn(): RunningProcess {
    const { command, args, env, workingDirectory } = this.spec;
    const child = new Deno.Command(command, {
      args: [...args],
      env: { NO_COLOR: "1", ...env },
      cwd: workingDirectory,
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
      detached: true,
    }).spawn();
    this.#child = child;
    this.#events.changed();
    const log = new LogFile(this.spec.logFile);
    const output = Promise.all([this.#copy(child.stdout, log), this.#copy(child.stderr, log)])
      .finally(() => log.close());
    return { child, output };
  }

  async #keep(first: RunningProcess): Promise<void> {
    let running = first;
    while (true) {
      const startedAt = performance.now();
      const ended = new AbortController();
      this.#killWhenHung(running.child, ended.signal);
      const status = await running.child.status;
      ended.abort();
      // Its children, if any, would hold on to its ports and its output.
      signalIfThere(-running.child.pid, "SIGKILL");
      await running.output;
      this.#child = undefined;
      this.#events.changed();
      if (this.#stop.signal.aborted) return;
      this.#deaths = deathsInARow(this.#deaths, performance.now() - startedAt, this.#backoff);
      const again = await this.#startAgain(ending(status));
      if (again === undefined) return;
      running = again;
    }
  }

  async #killWhenHung({ pid }: Deno.ChildProcess, ended: AbortSignal): Promise<void> {
    const { health, name } = this.spec;
    if (health === undefined) return;
    const silentMs = await untilHung(health, AbortSignal.any([ended, this.#stop.signal]));
    if (silentMs === undefined) return;
    this.#events.say(name, `has not answered for ${Math.round(silentMs / 1000)} s and is killed`);
    signalIfThere(-pid, "SIGKILL");
  }

  async #startAgain(how: string): Promise<RunningProcess | undefined> {
    while (true) {
      const waitMs = restartDelayMs(this.#deaths, this.#backoff);
      const times = this.#deaths === 1 ? "" : ` (${this.#deaths} times in a row)`;
      this.#events.say(this.spec.name, `${how}${times}; it is started again in ${waitMs / 1000} s`);
      await sleep(waitMs, this.#stop.signal);
      if (this.#stop.signal.aborted) return undefined;
      try {
        return this.#spawn();
      } catch (error) {
        how = `cannot be started: ${(error as Error).message}`;
        this.#deaths += 1;
      }
    }
  }

  async #copy(stream: ReadableStream<Uint8Array>, log: LogFile): Promise<void> {
    for await (const line of lines(stream)) {
      log.write(line);
      if (this.spec.echo) this.#events.say(this.spec.name, line);
    }
  }
}

function ending(status: Deno.CommandStatus): string {
  return status.signal === null ? `ended with exit code ${status.code}` : `was ended by ${status.signal}`;
}

async function* lines(stream: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  let rest = "";
  for await (
    const text of stream.pipeThrough(new TextDecoderStream() as TransformStream<Uint8Array, string>)
  ) {
    const parts = (rest + text).split("\n");
    rest = parts.pop() ?? "";
    yield* parts;
  }
  if (rest !== "") yield rest;
}
