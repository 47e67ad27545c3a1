import { signalIfThere } from "./signal.ts";

/** A program that ignores SIGTERM is killed after this. */
const GRACE_MS = 2_000;

/** How a program is run. */
export interface RunOptions {
  readonly workingDirectory?: string;
  /** Variables on top of our own environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Ends the program and all that it has started. */
  readonly signal?: AbortSignal | undefined;
}

/** How a program ended. */
export interface Ended {
  readonly success: boolean;
  readonly code: number;
  /** What it wrote to its standard output, then to its standard error. */
  readonly output: string;
}

/**
 * Runs a program to its end, in a group of its own: package clients start programs in turn, which would go on, and
 * keep us waiting for their output, if only the first one were ended.
 *
 * @throws the signal's reason when it was broken off.
 */
export async function runToEnd(
  command: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<Ended> {
  const { workingDirectory, env, signal } = options;
  signal?.throwIfAborted();
  const child = new Deno.Command(command, {
    args: [...args],
    ...(workingDirectory === undefined ? {} : { cwd: workingDirectory }),
    ...(env === undefined ? {} : { env: { ...env } }),
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
    detached: true,
  }).spawn();
  let deadline: ReturnType<typeof setTimeout> | undefined;
  const end = () => {
    signalIfThere(-child.pid, "SIGTERM");
    deadline = setTimeout(() => signalIfThere(-child.pid, "SIGKILL"), GRACE_MS);
  };
  signal?.addEventListener("abort", end, { once: true });
  try {
    const { success, code, stdout, stderr } = await child.output();
    signal?.throwIfAborted();
    const decoder = new TextDecoder();
    return { success, code, output: `${decoder.decode(stdout)}\n${decoder.decode(stderr)}`.trim() };
  } finally {
    signal?.removeEventListener("abort", end);
    clearTimeout(deadline);
  }
}
