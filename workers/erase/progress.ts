import { ToldError } from "@countinghouse/shared/told_error";

/** Steps, of which one that fails is told together with what the ones before have done. */
export class Progress {
  readonly #done: string[] = [];
  readonly #signal: AbortSignal;

  constructor(signal: AbortSignal) {
    this.#signal = signal;
  }

  /**
   * Takes a step.
   *
   * @param failure What can't be done, if it fails, as "Cannot erase from ClickHouse".
   * @param told What was done; a step that leaves nothing behind says nothing.
   * @throws {ToldError} when it fails; the signal's reason when that is why.
   */
  async step<T>(failure: string, work: () => Promise<T>, told?: (result: T) => string): Promise<T> {
    let result: T;
    try {
      result = await work();
    } catch (error) {
      this.#signal.throwIfAborted();
      const why = error instanceof Error ? error.message : String(error);
      const before = this.#done.length === 0 ? "nothing was erased" : `erased: ${this.#done.join(", ")}`;
      throw new ToldError(`${failure}: ${why}. So far ${before}; run it again to finish`);
    }
    if (told !== undefined) this.#done.push(told(result));
    return result;
  }
}
