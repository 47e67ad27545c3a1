import type { ObjectStore, StoredObject } from "./object_store.ts";

/** Objects that are being written; a dot hides them from listings and from other programs' globs. */
const WRITING = ".writing-";

/**
 * A lake in a folder. An object is written under another name, flushed to the disk, and gets its own by a link, which
 * POSIX makes atomic and refuses where the name is taken.
 */
export class FolderStore implements ObjectStore {
  readonly #folder: string;

  /** @param folder absolute or relative; it is made when something is first written. */
  constructor(folder: string) {
    this.#folder = folder.replace(/\/+$/, "");
  }

  async read(key: string): Promise<Uint8Array | undefined> {
    return await unlessMissing(Deno.readFile(this.#path(key)));
  }

  async create(key: string, bytes: Uint8Array): Promise<boolean> {
    const path = this.#path(key);
    const folder = path.slice(0, path.lastIndexOf("/"));
    const writing = `${folder}/${WRITING}${crypto.randomUUID()}`;
    try {
      await writeFlushed(writing, bytes);
      await Deno.link(writing, path);
      await flushFolder(folder);
      return true;
    } catch (error) {
      if (error instanceof Deno.errors.AlreadyExists) return false;
      throw error;
    } finally {
      await unlessMissing(Deno.remove(writing));
    }
  }

  async move(from: string, to: string): Promise<void> {
    const target = this.#path(to);
    await unlessMissing(makingFolders(target, () => Deno.rename(this.#path(from), target)));
  }

  async remove(key: string): Promise<void> {
    await unlessMissing(Deno.remove(this.#path(key)));
  }

  async *list(prefix: string): AsyncGenerator<StoredObject> {
    const folder = prefix === "" ? this.#folder : this.#path(prefix.replace(/\/$/, ""));
    const entries = await unlessMissing(Array.fromAsync(Deno.readDir(folder))) ?? [];
    // As a bucket sorts them: a folder's objects have a "/" behind its name.
    const sorted = entries.map((entry) => ({
      ...entry,
      order: entry.isDirectory ? `${entry.name}/` : entry.name,
    }))
      .sort((a, b) => a.order < b.order ? -1 : 1);
    for (const { name, isDirectory } of sorted) {
      if (name.startsWith(WRITING)) continue;
      if (isDirectory) yield* this.list(`${prefix}${name}/`);
      else {
        const info = await unlessMissing(Deno.stat(`${folder}/${name}`));
        if (info !== undefined) {
          yield { key: `${prefix}${name}`, bytes: info.size, writtenMs: info.mtime?.getTime() ?? 0 };
        }
      }
    }
  }

  #path(key: string): string {
    return `${this.#folder}/${key}`;
  }
}

async function writeFlushed(path: string, bytes: Uint8Array): Promise<void> {
  using file = await makingFolders(path, () => Deno.open(path, { createNew: true, write: true }));
  for (let written = 0; written < bytes.length;) written += await file.write(bytes.subarray(written));
  await file.syncData();
}

/** Does what needs a file's folder, and makes the folder where that is what is missing. */
async function makingFolders<Result>(path: string, act: () => Promise<Result>): Promise<Result> {
  try {
    return await act();
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    await Deno.mkdir(path.slice(0, path.lastIndexOf("/")), { recursive: true });
    return await act();
  }
}

/** A new name outlives a power cut only when its folder is flushed too. */
async function flushFolder(folder: string): Promise<void> {
  using opened = await Deno.open(folder, { read: true });
  await opened.sync();
}

async function unlessMissing<Result>(work: Promise<Result>): Promise<Result | undefined> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
