import { isRunning, type ProcessEntry, readProcess } from "./process_table.ts";
import { signalIfThere } from "./signal.ts";
import { sleep } from "./sleep.ts";

/** How long a leftover may take to end before it is killed. */
const GRACE_MS = 5_000;
const POLL_MS = 50;

/** A process that a supervisor started, as it was written down. */
export interface RecordedProcess extends ProcessEntry {
  readonly name: string;
}

/** What a supervisor writes down while it runs, so that the next one can clear up after it was killed. */
export interface ProcessRecord {
  readonly supervisor: ProcessEntry;
  readonly processes: readonly RecordedProcess[];
}

/** The record in this file, or undefined where none was left. */
export async function readRecord(file: string): Promise<ProcessRecord | undefined> {
  try {
    return JSON.parse(await Deno.readTextFile(file));
  } catch (error) {
    // A record is replaced as a whole, so text that isn't JSON was never one.
    if (error instanceof Deno.errors.NotFound || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Writes the record, replacing an older one as a whole. Processes that have ended already are left out. */
export async function writeRecord(
  file: string,
  processes: readonly { readonly name: string; readonly pid: number }[],
): Promise<void> {
  const supervisor = await readProcess(Deno.pid);
  if (supervisor === undefined) {
    throw new Error(`Cannot find this process, ${Deno.pid}, in the process table`);
  }
  const entries = await Promise.all(processes.map(async ({ name, pid }) => {
    const entry = await readProcess(pid);
    return entry === undefined ? [] : [{ name, ...entry }];
  }));
  const record: ProcessRecord = { supervisor, processes: entries.flat() };
  await Deno.writeTextFile(`${file}.new`, JSON.stringify(record, null, 2));
  await Deno.rename(`${file}.new`, file);
}

/**
 * Ends the processes that a supervisor left behind when it was killed, newest first. Only a process with the same
 * pid, start and command line as recorded is touched, so never one of somebody else.
 *
 * @returns the names of those that were still running.
 */
export async function stopLeftovers(record: ProcessRecord, graceMs: number = GRACE_MS): Promise<string[]> {
  const stopped: string[] = [];
  for (const entry of record.processes.toReversed()) {
    if (!await isRunning(entry)) continue;
    stopped.push(entry.name);
    signalIfThere(entry.pid, "SIGTERM");
    const deadline = performance.now() + graceMs;
    while (await isRunning(entry)) {
      // Each was started as the leader of a group of its own: the minus sign takes its children along.
      if (performance.now() > deadline) signalIfThere(-entry.pid, "SIGKILL");
      await sleep(POLL_MS);
    }
  }
  return stopped;
}
