import type { ObjectStore, StoredObject } from "./object_store.ts";

/** Something that a {@link MemoryStore} is about to do. */
export type StoreAction = "create" | "move" | "remove";

/** A lake in memory, for tests. */
export class MemoryStore implements ObjectStore {
  readonly #objects = new Map<string, Uint8Array>();
  /** Called before each change, with its key; what it throws is the change's failure. */
  before: (action: StoreAction, key: string) => void = () => {};
  /** Called after each change, as by a reply that may get lost. */
  after: (action: StoreAction, key: string) => void = () => {};

  async read(key: string): Promise<Uint8Array | undefined> {
    await Promise.resolve();
    return this.#objects.get(key);
  }

  create(key: string, bytes: Uint8Array): Promise<boolean> {
    return this.#change("create", key, () => {
      if (this.#objects.has(key)) return false;
      this.#objects.set(key, bytes);
      return true;
    });
  }

  move(from: string, to: string): Promise<void> {
    return this.#change("move", to, () => {
      const bytes = this.#objects.get(from);
      if (bytes === undefined) return;
      this.#objects.set(to, bytes);
      this.#objects.delete(from);
    });
  }

  remove(key: string): Promise<void> {
    return this.#change("remove", key, () => void this.#objects.delete(key));
  }

  async *list(prefix: string): AsyncGenerator<StoredObject> {
    await Promise.resolve();
    for (const key of this.keys()) {
      if (key.startsWith(prefix)) yield { key, bytes: this.#objects.get(key)?.length ?? 0, writtenMs: 0 };
    }
  }

  /** All keys, sorted. */
  keys(): string[] {
    return [...this.#objects.keys()].sort();
  }

  async #change<Result>(action: StoreAction, key: string, change: () => Result): Promise<Result> {
    await Promise.resolve();
    this.before(action, key);
    const result = change();
    this.after(action, key);
    return result;
  }
}
