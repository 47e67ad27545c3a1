import type {
  BreakdownDocument,
  CohortDocument,
  MemberChunkDocument,
  MinuteDocument,
} from "@countinghouse/hot";
import type { Scope } from "./scope.ts";

/** The collections whose documents are a store's minute in a partition. */
export const KINDS = ["minutes", "cohorts", "breakdowns"] as const;

/** One of {@link KINDS}. */
export type Kind = typeof KINDS[number];

/** A document of any of them. */
export type WindowDocument = ComparedMinute | CohortDocument | BreakdownDocument;

/** A minute; of members that are stored in chunks beside it, the digest, so that they are compared with it. */
interface ComparedMinute extends MinuteDocument {
  readonly members_digest?: string;
}

/** Names a document. */
export interface WindowKey {
  readonly kind: Kind;
  readonly id: string;
}

/** The documents of a hot store: the live one, or the shadow that a replay folds into. */
export interface WindowDocuments {
  /** The ids of a partition's documents in a scope, page by page. */
  ids(kind: Kind, partition: number, scope: Scope): AsyncIterable<readonly string[]>;

  /** Which of these are there. */
  which(kind: Kind, ids: readonly string[]): Promise<ReadonlySet<string>>;

  /** Those of these that are there, by id. */
  read(kind: Kind, ids: readonly string[]): Promise<ReadonlyMap<string, WindowDocument>>;

  /** The chunks in which the members of a document are stored beside it. */
  chunks(document: WindowDocument): Promise<readonly MemberChunkDocument[]>;

  /**
   * Puts a document with its chunks in the place of what is there: nothing, or the document as it was seen. One
   * that has gone further than both meanwhile stays.
   */
  put(
    kind: Kind,
    document: WindowDocument,
    chunks: readonly MemberChunkDocument[],
    seen: WindowDocument | undefined,
  ): Promise<void>;

  /** Removes a document, unless it has changed since it was seen. */
  remove(kind: Kind, seen: WindowDocument): Promise<void>;
}
