import { createHash } from "node:crypto";
import type { Collection, Db } from "mongodb";
import { collections, type MemberChunkDocument, refusingStale } from "@countinghouse/hot";
import type { Scope } from "./scope.ts";
import type { Kind, WindowDocument, WindowDocuments } from "./window_documents.ts";

/** Ids in a page: not every server that speaks MongoDB's protocol takes hundreds in one question quickly. */
const PAGE = 100;

/** The documents of a database. */
export class HotWindowDocuments implements WindowDocuments {
  readonly #collections: ReturnType<typeof collections>;

  constructor(database: Db) {
    this.#collections = collections(database);
  }

  async *ids(
    kind: Kind,
    partition: number,
    { fromMs, toMs, store }: Scope,
  ): AsyncGenerator<readonly string[]> {
    const found = this.#of(kind).find({
      // An `_id` begins with its minute.
      _id: { $gte: new Date(fromMs).toISOString(), $lt: new Date(toMs).toISOString() },
      partition,
      ...(store === undefined ? {} : { store }),
    }, { projection: { _id: 1 }, batchSize: 5_000 });
    let page: string[] = [];
    for await (const { _id } of found) {
      page.push(_id);
      if (page.length < PAGE) continue;
      yield page;
      page = [];
    }
    if (page.length > 0) yield page;
  }

  async which(kind: Kind, ids: readonly string[]): Promise<ReadonlySet<string>> {
    const found = this.#of(kind).find({ _id: { $in: [...ids] } }, { projection: { _id: 1 } });
    return new Set(await found.map(({ _id }) => _id).toArray());
  }

  async read(kind: Kind, ids: readonly string[]): Promise<ReadonlyMap<string, WindowDocument>> {
    const found = new Map<string, WindowDocument>();
    for await (const document of this.#of(kind).find({ _id: { $in: [...ids] } })) {
      found.set(document._id, hasChunks(document) ? await this.#withDigest(document) : document);
    }
    return found;
  }

  async chunks(document: WindowDocument): Promise<readonly MemberChunkDocument[]> {
    if (!hasChunks(document)) return [];
    const { _id, through } = document;
    return await this.#collections.members.find({ minute_id: _id, through }).sort({ part: 1 }).toArray();
  }

  async put(
    kind: Kind,
    document: WindowDocument,
    chunks: readonly MemberChunkDocument[],
    seen: WindowDocument | undefined,
  ): Promise<void> {
    const { members } = this.#collections;
    const { members_digest: _, ...stored } = { members_digest: "", ...document };
    const { _id, through } = stored;
    // Readers that follow the changes take no step back in the log, but they do let go of what is removed.
    if (seen !== undefined && seen.through > through) await this.remove(kind, seen);
    for (const chunk of chunks) await members.replaceOne({ _id: chunk._id }, chunk, { upsert: true });
    const guard = { _id, through: { $lte: through } };
    await refusingStale(this.#of(kind).replaceOne(guard, stored, { upsert: true }));
    if (seen !== undefined && hasChunks(seen)) {
      await members.deleteMany({ minute_id: _id, through: { $lt: through } });
    }
  }

  async remove(kind: Kind, seen: WindowDocument): Promise<void> {
    const { _id, through } = seen;
    await this.#of(kind).deleteOne({ _id, through });
    if (hasChunks(seen)) await this.#collections.members.deleteMany({ minute_id: _id, through });
  }

  async #withDigest(document: WindowDocument): Promise<WindowDocument> {
    const hash = createHash("sha256");
    for (const { part, users, sessions } of await this.chunks(document)) {
      hash.update(`${part}/${users.length()}/`).update(users.value()).update(sessions.value());
    }
    return { ...document, members_digest: hash.digest("hex") } as WindowDocument;
  }

  #of(kind: Kind): Collection<WindowDocument> {
    return this.#collections[kind] as unknown as Collection<WindowDocument>;
  }
}

function hasChunks(document: WindowDocument): boolean {
  return "member_chunks" in document && document.member_chunks !== undefined && document.member_chunks > 0;
}
