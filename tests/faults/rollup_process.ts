import { ROOT } from "../workspace_files.ts";

/** Where a pump began to read: at its snapshot's offset, or at the log's start. */
export interface Reading {
  readonly partition: number;
  readonly from: number;
}

/** A rollup worker that runs as a process of its own. */
export interface RollupProcess {
  readonly name: string;
  readonly pid: number;
  /** Resolves with the exit code when it has ended. */
  readonly ended: Promise<number>;
  /** What it has said so far. */
  lines(): readonly string[];
  /** Each time that it began to read a partition, in order. */
  readings(): readonly Reading[];
  signal(name: Deno.Signal): void;
  /** Kills it as a crash does; resolves when it has ended. */
  kill(): Promise<void>;
}

/** How a worker is started. */
export interface RollupProcessOptions {
  /** Under this name it takes part in sharing the partitions. */
  readonly name: string;
  /** Its working directory, in which its countinghouse.json lies. */
  readonly folder: string;
  readonly environment: Readonly<Record<string, string>>;
}

/** Starts the rollup worker as a stack does; only its settings file lies in a folder of the test's own. */
export function startRollup({ name, folder, environment }: RollupProcessOptions): RollupProcess {
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--quiet", "--no-prompt", "--allow-net", "--allow-env", "--allow-sys"],
      ...[`--allow-read=${folder}`, `${ROOT}/workers/rollup/main.ts`],
    ],
    cwd: folder,
    env: { ...environment, WORKER_NAME: name },
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  let said = "";
  const listening = (async () => {
    for await (const text of child.stderr.pipeThrough(new TextDecoderStream())) said += text;
  })();
  let hasEnded = false;
  const ended = Promise.all([child.status, listening]).then(([{ code }]) => {
    hasEnded = true;
    return code;
  });
  const signal = (name: Deno.Signal) => {
    if (!hasEnded) child.kill(name);
  };
  return {
    name,
    pid: child.pid,
    ended,
    lines: () => said.split("\n"),
    readings: () => said.split("\n").flatMap(readingOf),
    signal,
    kill: async () => {
      signal("SIGKILL");
      await ended;
    },
  };
}

function readingOf(line: string): Reading[] {
  const found = /^reading topic=\S+ partition=(\d+) from=(\d+)$/.exec(line);
  return found === null ? [] : [{ partition: Number(found[1]), from: Number(found[2]) }];
}
