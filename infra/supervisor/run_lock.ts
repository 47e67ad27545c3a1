import { ToldError } from "@countinghouse/shared/told_error";

/** Another supervisor runs on the same folder. */
export class AlreadyRunningError extends ToldError {
  override name = "AlreadyRunningError";
}

/**
 * The right to run on a folder, held as an advisory lock on its file `lock`: the operating system takes it back
 * when the process ends, however it ends, so that it can't go stale.
 */
export class RunLock implements Disposable {
  readonly #file: Deno.FsFile;

  private constructor(file: Deno.FsFile) {
    this.#file = file;
  }

  /** Takes the lock, or gives undefined where another process holds it. The folder is made where it is missing. */
  static async take(runDir: string): Promise<RunLock | undefined> {
    await Deno.mkdir(runDir, { recursive: true });
    const file = await Deno.open(`${runDir}/lock`, { create: true, write: true });
    if (await file.tryLock(true)) return new RunLock(file);
    file.close();
    return undefined;
  }

  /** Whether some process holds the lock. */
  static async isHeld(runDir: string): Promise<boolean> {
    try {
      using file = await Deno.open(`${runDir}/lock`, { write: true });
      return !await file.tryLock(true);
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return false;
      throw error;
    }
  }

  [Symbol.dispose](): void {
    this.#file.close();
  }
}
