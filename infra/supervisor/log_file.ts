/** Size at which a log file is set aside as `NAME.previous`, so that a stack left running can't fill the disk. */
const MOST_BYTES = 16 * 1024 * 1024;

/** A file that lines are appended to; at most two files' worth is kept. */
export class LogFile {
  readonly path: string;
  #file: Deno.FsFile;
  #bytes: number;
  readonly #mostBytes: number;

  /** Opens the file for appending; its folder must exist. */
  constructor(path: string, mostBytes: number = MOST_BYTES) {
    this.path = path;
    this.#mostBytes = mostBytes;
    this.#file = Deno.openSync(path, { create: true, append: true });
    this.#bytes = this.#file.statSync().size;
  }

  /** Appends one line. */
  write(line: string): void {
    const bytes = new TextEncoder().encode(`${line}\n`);
    if (this.#bytes + bytes.length > this.#mostBytes) this.#setAside();
    let written = 0;
    while (written < bytes.length) written += this.#file.writeSync(bytes.subarray(written));
    this.#bytes += bytes.length;
  }

  close(): void {
    this.#file.close();
  }

  #setAside(): void {
    this.#file.close();
    Deno.renameSync(this.path, `${this.path}.previous`);
    this.#file = Deno.openSync(this.path, { create: true, append: true });
    this.#bytes = 0;
  }
}

/** The last lines of a log file, for a message about a process that failed; empty where there is no file. */
export async function tail(path: string, lines = 15): Promise<string> {
  try {
    return (await Deno.readTextFile(path)).trimEnd().split("\n").slice(-lines).join("\n");
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "";
    throw error;
  }
}
