import { forEachOf } from "./bounded_concurrency.ts";
import type { AppendRecord, CommitRecord, LakeFile, RewriteRecord } from "./commit_record.ts";
import { digits } from "./lake_path.ts";
import { type HeldFile, Manifest, type ManifestState } from "./manifest.ts";
import type { ObjectStore } from "./object_store.ts";

const COMMITS = "_log/commit/";
const CHECKPOINTS = "_log/checkpoint/";
const STAGED = "_staged/";
/** Files that are moved or removed at the same time. */
const AT_ONCE = 16;

/** What a writer wants to commit; the log adds who and when. */
export type Proposal = Omit<AppendRecord, "id" | "atMs"> | Omit<RewriteRecord, "id" | "atMs">;

/** How a {@link LakeLog} behaves. */
export interface LakeLogOptions {
  readonly nowMs: () => number;
  /** A checkpoint is due after so many commits. */
  readonly checkpointCommits: number;
  /** A staged file that is in no commit after this time never will be; its writer gives up after half of it. */
  readonly orphanMs: number;
}

/**
 * The lake's log of commits: numbered objects, each created if it isn't there yet, which a folder and S3 can both do
 * atomically. So commits have one order, whoever writes; a writer has seen all before its own; and there is one truth
 * about which files count and how far each partition is. After Delta Lake (https://www.vldb.org/pvldb/vol13/p3411-armbrust.pdf).
 *
 * Files are staged where no reader looks, committed, and then published under their names. A crash in between is
 * made good by {@link LakeLog.settle}.
 */
export class LakeLog {
  readonly store: ObjectStore;
  readonly #options: LakeLogOptions;
  #manifest = new Manifest();
  /** Removed by a commit since the last checkpoint, and perhaps not yet gone; kept by those who settle. */
  #removed: HeldFile[] | undefined;
  readonly #stagedMs = new Map<string, number>();
  #turn: Promise<unknown> = Promise.resolve();

  constructor(store: ObjectStore, options: LakeLogOptions) {
    this.store = store;
    this.#options = options;
  }

  /** What the lake held when this last looked. */
  get manifest(): Manifest {
    return this.#manifest;
  }

  /** Looks what others have committed. */
  refresh(): Promise<Manifest> {
    return this.#inTurn(() => this.#catchUp());
  }

  /** Writes a file where no reader looks; it counts when a commit has it. */
  async stage(bytes: Uint8Array): Promise<Pick<LakeFile, "staged" | "bytes">> {
    const staged = `${STAGED}${crypto.randomUUID()}`;
    this.#stagedMs.set(staged, this.#options.nowMs());
    await this.store.create(staged, bytes);
    return { staged, bytes: bytes.length };
  }

  /** Lets go of staged files that will not be committed. */
  async discard(files: readonly Pick<LakeFile, "staged">[]): Promise<void> {
    await forEachOf(files, AT_ONCE, async ({ staged }) => {
      this.#stagedMs.delete(staged);
      await this.store.remove(staged);
    });
  }

  /**
   * Commits, and publishes what was committed. The proposal is made anew on the latest manifest whenever somebody
   * else was faster; none means that there is nothing to commit any more.
   *
   * @returns whether it was committed.
   * @throws when the store fails; it may have been committed all the same.
   */
  commit(propose: (manifest: Manifest) => Proposal | undefined): Promise<boolean> {
    return this.#inTurn(async () => {
      for (;;) {
        const proposal = propose(this.#manifest);
        if (proposal === undefined) return false;
        this.#checkAge(proposal.adds);
        const record: CommitRecord = { ...proposal, id: crypto.randomUUID(), atMs: this.#options.nowMs() };
        if (await this.#append(record)) {
          const removed = this.#apply(record);
          for (const { staged } of record.adds) this.#stagedMs.delete(staged);
          await this.#publish(removed, record.adds);
          return true;
        }
        await this.#catchUp();
      }
    });
  }

  /**
   * Makes good what crashed writers left: removes what commits removed, publishes what they added, and removes
   * staged files that nobody has committed. Once in a while it sums the log up in a checkpoint.
   */
  settle(): Promise<void> {
    return this.#inTurn(async () => {
      if (this.#removed === undefined) this.#manifest = new Manifest();
      this.#removed ??= [];
      await this.#catchUp();
      const removed = this.#removed;
      const live = new Map(this.#manifest.files().map((file) => [file.staged, file]));
      const staged = await Array.fromAsync(this.store.list(STAGED));
      await this.#publish(removed, staged.flatMap(({ key }) => live.get(key) ?? []));
      this.#removed = [];
      const before = this.#options.nowMs() - this.#options.orphanMs;
      const orphans = staged.filter(({ key, writtenMs }) => !live.has(key) && writtenMs < before);
      await this.discard(orphans.map(({ key }) => ({ staged: key })));
      await this.#checkpoint();
    });
  }

  /** Removing comes first: for a moment rows may be missing under their names, but none is ever there twice. */
  async #publish(removed: readonly LakeFile[], added: readonly LakeFile[]): Promise<void> {
    await forEachOf(removed, AT_ONCE, async ({ staged, path }) => {
      // In this order whoever publishes it at the same moment is too late or is made undone.
      await this.store.remove(staged);
      await this.store.remove(path);
    });
    await forEachOf(added, AT_ONCE, ({ staged, path }) => this.store.move(staged, path));
  }

  #apply(record: CommitRecord): HeldFile[] {
    const removed = this.#manifest.apply(record);
    this.#removed?.push(...removed);
    return removed;
  }

  async #append(record: CommitRecord): Promise<boolean> {
    const number = this.#manifest.next;
    const key = commitKey(number);
    if (!await this.store.create(key, encode(record))) {
      return (await this.#read<CommitRecord>(key))?.id === record.id;
    }
    // One who slept while the log went on and old commits were removed may have taken such a number again.
    if ((await this.#checkpoints()).every((checkpoint) => checkpoint <= number)) return true;
    await this.store.remove(key);
    return false;
  }

  async #catchUp(): Promise<Manifest> {
    for (;;) {
      const record = await this.#read<CommitRecord>(commitKey(this.#manifest.next));
      if (record !== undefined) {
        this.#apply(record);
        continue;
      }
      const newest = (await this.#checkpoints()).at(-1) ?? 0;
      if (newest <= this.#manifest.next) return this.#manifest;
      const state = await this.#read<ManifestState>(checkpointKey(newest));
      if (state !== undefined) this.#manifest = new Manifest(state);
    }
  }

  async #checkpoint(): Promise<void> {
    const { next } = this.#manifest;
    const checkpoints = await this.#checkpoints();
    const newest = checkpoints.at(-1) ?? 0;
    if (next - newest < this.#options.checkpointCommits) return;
    await this.store.create(checkpointKey(next), encode(this.#manifest.state()));
    // What came before the last one stays a while, for readers who are in the middle of it.
    for await (const { key } of this.store.list(COMMITS)) {
      if (numberIn(key) >= newest) break;
      await this.store.remove(key);
    }
    for (const checkpoint of checkpoints.slice(0, -1)) await this.store.remove(checkpointKey(checkpoint));
  }

  async #checkpoints(): Promise<number[]> {
    return (await Array.fromAsync(this.store.list(CHECKPOINTS))).map(({ key }) => numberIn(key));
  }

  async #read<Type>(key: string): Promise<Type | undefined> {
    const bytes = await this.store.read(key);
    return bytes === undefined ? undefined : JSON.parse(new TextDecoder().decode(bytes));
  }

  #checkAge(files: readonly LakeFile[]): void {
    const { nowMs, orphanMs } = this.#options;
    const before = nowMs() - orphanMs / 2;
    const old = files.find(({ staged }) => (this.#stagedMs.get(staged) ?? 0) < before);
    if (old !== undefined) {
      throw new Error(
        `Cannot commit ${old.path}: it was staged too long ago to be sure that it is still there`,
      );
    }
  }

  #inTurn<Result>(act: () => Promise<Result>): Promise<Result> {
    const result = this.#turn.then(act);
    this.#turn = result.catch(() => {});
    return result;
  }
}

const commitKey = (number: number) => `${COMMITS}${digits(number)}.json`;
const checkpointKey = (number: number) => `${CHECKPOINTS}${digits(number)}.json`;
const numberIn = (key: string) => Number(key.slice(key.lastIndexOf("/") + 1, -".json".length));
const encode = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
