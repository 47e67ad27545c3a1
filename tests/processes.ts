/** A running process. */
export interface Process {
  readonly pid: number;
  readonly parentPid: number;
  /** Program and arguments, parted by blanks. */
  readonly commandLine: string;
}

/** Every process of this machine. Zombies, which have ended and only wait for their parent, are left out. */
export async function listProcesses(): Promise<readonly Process[]> {
  return Deno.build.os === "linux" ? await fromProc() : await fromPs();
}

/** The processes that a process has started, and those that these have started, and so on. */
export function descendantsOf(pid: number, processes: readonly Process[]): readonly Process[] {
  const children = processes.filter(({ parentPid }) => parentPid === pid);
  return children.flatMap((child) => [child, ...descendantsOf(child.pid, processes)]);
}

/** Those of the processes that are still running. */
export async function stillRunning(processes: readonly Process[]): Promise<readonly Process[]> {
  const now = new Map((await listProcesses()).map((process) => [process.pid, process.commandLine]));
  return processes.filter(({ pid, commandLine }) => now.get(pid) === commandLine);
}

/** Sends a signal, to a process that may have ended meanwhile. */
export function signal({ pid }: { readonly pid: number }, name: Deno.Signal): void {
  try {
    Deno.kill(pid, name);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

/** Not `ps`: a slim Debian has none. */
async function fromProc(): Promise<readonly Process[]> {
  const processes: Process[] = [];
  for await (const { name } of Deno.readDir("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const stat = await Deno.readTextFile(`/proc/${name}/stat`);
      const commandLine = await Deno.readTextFile(`/proc/${name}/cmdline`);
      const [state, parentPid] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      if (state === "Z") continue;
      processes.push({
        pid: Number(name),
        parentPid: Number(parentPid),
        commandLine: commandLine.replaceAll("\0", " ").trim(),
      });
    } catch {
      continue; // it has ended since the folder was read
    }
  }
  return processes;
}

async function fromPs(): Promise<readonly Process[]> {
  const { stdout } = await new Deno.Command("ps", { args: ["-A", "-o", "pid=,ppid=,stat=,args="] }).output();
  return new TextDecoder().decode(stdout).split("\n").flatMap((line) => {
    const parts = /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(.*)$/.exec(line);
    if (parts === null || parts[3]!.startsWith("Z")) return [];
    return [{ pid: Number(parts[1]), parentPid: Number(parts[2]), commandLine: parts[4]! }];
  });
}
