/** An object as a listing has it. */
export interface StoredObject {
  readonly key: string;
  readonly bytes: number;
  /** When it was written, in milliseconds since the epoch, by the store's clock. */
  readonly writtenMs: number;
}

/**
 * Where the lake lies: a folder or a bucket. Keys are relative, parts separated by "/". Everything is atomic: a
 * reader sees an object whole or not at all.
 */
export interface ObjectStore {
  /** The object, or undefined where there is none. */
  read(key: string): Promise<Uint8Array | undefined>;
  /** Writes an object that must not be there yet; false, and nothing changes, where it is. */
  create(key: string, bytes: Uint8Array): Promise<boolean>;
  /** Gives an object another name, replacing what is there; does nothing where there is no such object. */
  move(from: string, to: string): Promise<void>;
  /** Removes an object; does nothing where there is none. */
  remove(key: string): Promise<void>;
  /** The objects whose key begins with a prefix, which ends with "/" or is empty, sorted by key. */
  list(prefix: string): AsyncIterable<StoredObject>;
}
