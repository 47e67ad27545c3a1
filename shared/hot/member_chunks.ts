import type { Db } from "mongodb";
import type { Members, StoredMinute } from "@countinghouse/core";
import { collections } from "./hot_store.ts";
import type { MemberChunkDocument, MinuteDocument } from "./documents.ts";
import { decodeWords, encodeWords } from "./word_codec.ts";

/** So many hashes of each kind fit into a chunk of 128 KB. Members up to here stay in the minute's own document. */
export const CHUNK_HASHES = 8_192;
const CHUNK_WORDS = 2 * CHUNK_HASHES;

/** In how many chunks a minute's members are stored; 0 when they stay in its document. */
export function chunkCount(members: Members | undefined): number {
  if (members === undefined) return 0;
  const longest = Math.max(members.users.length, members.sessions.length);
  return longest <= CHUNK_WORDS ? 0 : Math.ceil(longest / CHUNK_WORDS);
}

/** The members that a document holds itself. */
export function inlineMembers({ members }: Pick<MinuteDocument, "members">): Members | undefined {
  return members && { users: decodeWords(members.users), sessions: decodeWords(members.sessions) };
}

/**
 * Members of minutes that have too many for one document, in the collection `members`. Chunks are written before
 * the minute that they belong to, under its offset, and never changed; so a minute's document finds exactly the
 * members that it was written with, whatever crashes in between.
 */
export class MemberChunks {
  readonly #members: ReturnType<typeof collections>["members"];

  constructor(database: Db) {
    this.#members = collections(database).members;
  }

  /** Stores the chunks of the minutes that need them; before their documents are. */
  async store(minutes: readonly StoredMinute[]): Promise<void> {
    for (const document of minutes.flatMap(chunksOf)) {
      await this.#members.replaceOne({ _id: document._id }, document, { upsert: true });
    }
  }

  /** Removes the chunks that the minutes had before; after their documents are stored. */
  async removeOlder(minutes: readonly StoredMinute[]): Promise<void> {
    for (const { id, through, members } of minutes) {
      if (chunkCount(members) > 0) {
        await this.#members.deleteMany({ minute_id: id, through: { $lt: through } });
      }
    }
  }

  /**
   * The members of a closed minute's document.
   *
   * @throws {Error} when a chunk is missing: the document was replaced meanwhile, so read it again.
   */
  async of(document: MinuteDocument): Promise<Members | undefined> {
    const { _id, through, member_chunks = 0 } = document;
    if (member_chunks === 0) return inlineMembers(document);
    const chunks = await this.#members.find({ minute_id: _id, through }).sort({ part: 1 }).toArray();
    if (chunks.length !== member_chunks) {
      throw new Error(
        `Cannot read the members of ${_id}: ${chunks.length} of ${member_chunks} chunks are there`,
      );
    }
    return {
      users: joined(chunks.map(({ users }) => decodeWords(users))),
      sessions: joined(chunks.map(({ sessions }) => decodeWords(sessions))),
    };
  }
}

function chunksOf({ id, through, touchedMs, members }: StoredMinute): MemberChunkDocument[] {
  return Array.from({ length: chunkCount(members) }, (_, part) => {
    const cut = (words: Uint32Array) =>
      encodeWords(words.slice(part * CHUNK_WORDS, (part + 1) * CHUNK_WORDS));
    return {
      _id: `${id}/${through}/${part}`,
      minute_id: id,
      through,
      part,
      users: cut(members!.users),
      sessions: cut(members!.sessions),
      touched: new Date(touchedMs),
    };
  });
}

function joined(parts: readonly Uint32Array[]): Uint32Array {
  const words = new Uint32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    words.set(part, at);
    at += part.length;
  }
  return words;
}
