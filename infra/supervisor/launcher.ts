import { isRunning, type ProcessEntry, readProcess } from "./process_table.ts";

const EVERY_MS = 500;

/**
 * Whether a command line is one that only exists to run us: `deno task dev`, and what `npx -y deno@2.9.6 task dev`
 * puts before it (npm, and on some machines a shell).
 */
export function isLauncher(commandLine: string): boolean {
  return /(^|\/)deno(@\S+)?'? task /.test(commandLine) ||
    /^npm exec |(^|\/)npx(-cli\.js)? /.test(commandLine) ||
    /^(\S*\/)?sh -c '?"?deno/.test(commandLine);
}

/** The processes above this one that only exist to run it, nearest first. */
export async function launchers(): Promise<ProcessEntry[]> {
  const found: ProcessEntry[] = [];
  let entry = await readProcess(Deno.ppid);
  while (entry !== undefined && isLauncher(entry.commandLine)) {
    found.push(entry);
    entry = await readProcess(entry.parentPid);
  }
  return found;
}

/**
 * Calls back once when a launcher is gone: it may have died without handing its signal on (a shell between npm and
 * Deno does that with SIGTERM), and the user then believes that all is stopped.
 *
 * @returns a function that ends the watch.
 */
export async function whenLauncherGone(callback: () => void): Promise<() => void> {
  const watched = await launchers();
  const timer = setInterval(async () => {
    const alive = await Promise.all(watched.map(isRunning));
    if (alive.every(Boolean)) return;
    clearInterval(timer);
    callback();
  }, EVERY_MS);
  return () => clearInterval(timer);
}
