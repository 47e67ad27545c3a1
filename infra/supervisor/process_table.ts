/** A running process, as the operating system tells it. */
export interface ProcessEntry {
  readonly pid: number;
  readonly parentPid: number;
  /** When it started, in the operating system's own words; a pid that was handed out again has another one. */
  readonly startedAt: string;
  /** Program and arguments, joined by spaces. */
  readonly commandLine: string;
}

/** The process with this pid, or undefined where none runs (a zombie doesn't run). */
export async function readProcess(pid: number): Promise<ProcessEntry | undefined> {
  return Deno.build.os === "linux" ? await readFromProc(pid) : await readFromPs(pid);
}

/** Whether the very process of this entry still runs: same pid, same start, same command line. */
export async function isRunning(entry: ProcessEntry): Promise<boolean> {
  const now = await readProcess(entry.pid);
  return now !== undefined && now.startedAt === entry.startedAt && now.commandLine === entry.commandLine;
}

async function readFromProc(pid: number): Promise<ProcessEntry | undefined> {
  try {
    const [stat, commandLine] = await Promise.all([
      Deno.readTextFile(`/proc/${pid}/stat`),
      Deno.readTextFile(`/proc/${pid}/cmdline`),
    ]);
    return parseProc(pid, stat, commandLine);
  } catch {
    return undefined;
  }
}

/** Reads the two files of proc(5): `stat` with its numbered fields, and `cmdline` with NUL between arguments. */
export function parseProc(pid: number, stat: string, cmdline: string): ProcessEntry | undefined {
  // The second field is the program's name in brackets, which may itself hold spaces and brackets.
  const [state, parentPid, ...rest] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const startedAt = rest[17];
  const commandLine = cmdline.replaceAll("\0", " ").trim();
  if (state === "Z" || startedAt === undefined || commandLine === "") return undefined;
  return { pid, parentPid: Number(parentPid), startedAt, commandLine };
}

async function readFromPs(pid: number): Promise<ProcessEntry | undefined> {
  const { stdout } = await new Deno.Command("ps", {
    args: ["-ww", "-o", "stat=,ppid=,lstart=,command=", "-p", `${pid}`],
    env: { LC_ALL: "C" },
    stderr: "null",
  }).output();
  return parsePs(pid, new TextDecoder().decode(stdout));
}

/** Reads a line of `ps -o stat=,ppid=,lstart=,command=`; the start takes five words. */
export function parsePs(pid: number, line: string): ProcessEntry | undefined {
  const match = /^\s*(\S+)\s+(\d+)\s+((?:\S+\s+){4}\S+)\s+(.+)$/m.exec(line);
  const [, state, parentPid, startedAt, commandLine] = match ?? [];
  if (startedAt === undefined || commandLine === undefined || state?.startsWith("Z")) return undefined;
  return { pid, parentPid: Number(parentPid), startedAt, commandLine: commandLine.trim() };
}
