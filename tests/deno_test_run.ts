import { descendantsOf, listProcesses, signal } from "./processes.ts";

/** How long `deno test` may take to write its report after an interrupt, and what it started to end. */
const GRACE_MS = 8_000;

/** A run of `deno test`. */
export interface DenoTestOptions {
  readonly root: string;
  /** Relative to the root. */
  readonly files: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** Where the JUnit report goes. */
  readonly reportFile: string;
  /** Where raw coverage goes, also that of the processes that tests start. */
  readonly coverageFolder: string;
  /** Ends the run early; tests that have not ended by then are reported as cancelled. */
  readonly stop: AbortSignal;
}

/**
 * Runs test files with `deno test`, and answers its report, or undefined when it could not write one. Types are the
 * business of `deno task check`: here, an error in one file must not keep the others from running.
 */
export async function runDenoTest(options: DenoTestOptions): Promise<string | undefined> {
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "test",
      "--allow-all",
      "--no-check",
      `--junit-path=${options.reportFile}`,
      "--coverage-raw-data-only",
      `--coverage=${options.coverageFolder}`,
      ...options.files,
    ],
    cwd: options.root,
    clearEnv: true,
    env: { ...options.environment, DENO_COVERAGE_DIR: options.coverageFolder },
    stdin: "null",
  }).spawn();
  const interrupt = () => void endEarly(child);
  options.stop.addEventListener("abort", interrupt, { once: true });
  if (options.stop.aborted) interrupt();
  await child.status;
  options.stop.removeEventListener("abort", interrupt);
  return await readReport(options.reportFile);
}

/** Lets `deno test` report what it has, and ends what its tests have started and can't stop any more. */
async function endEarly(child: Deno.ChildProcess): Promise<void> {
  const started = descendantsOf(child.pid, await listProcesses());
  signal(child, "SIGINT");
  for (const process of started) signal(process, "SIGTERM");
  const timer = setTimeout(
    () => [child, ...started].forEach((process) => signal(process, "SIGKILL")),
    GRACE_MS,
  );
  Deno.unrefTimer(timer);
  await child.status;
}

async function readReport(file: string): Promise<string | undefined> {
  try {
    return await Deno.readTextFile(file);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
