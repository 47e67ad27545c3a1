import type { MemberChunkDocument } from "@countinghouse/hot";
import { includes, type Scope } from "../scope.ts";
import { type Kind, KINDS, type WindowDocument, type WindowDocuments } from "../window_documents.ts";

const MINUTE_MS = 60_000;

/** How many documents of each kind the model has. */
export const MODEL_MINUTES = 12;

/**
 * A model of a log: which documents there are when it is folded in through an offset. Each document is changed by
 * every so-manyth record, so at any offset some have just changed and others have not for long.
 */
export function modelAt(kind: Kind, minute: number, through: number): WindowDocument | undefined {
  const every = 3 + 2 * minute + KINDS.indexOf(kind);
  const last = Math.floor(through / every) * every;
  if (last === 0) return undefined;
  const at = new Date(minute * MINUTE_MS);
  return {
    _id: `${at.toISOString()}/0/default`,
    store: "default",
    minute: at,
    partition: 0,
    through: last,
    touched: new Date(last),
    value: (last * 2_654_435_761) % 1_000,
  } as unknown as WindowDocument;
}

/** Documents in memory, guarded as those in the hot store are. */
export class ModelStore implements WindowDocuments {
  readonly documents = Object.fromEntries(
    KINDS.map((kind) => [kind, new Map<string, WindowDocument>()]),
  ) as Record<Kind, Map<string, WindowDocument>>;

  /** Brings every document to where the model has it at an offset, unless it is further: what a worker does. */
  advanceTo(through: number, kinds: readonly Kind[] = KINDS): void {
    for (const kind of kinds) {
      for (let minute = 0; minute < MODEL_MINUTES; minute++) {
        const document = modelAt(kind, minute, through);
        const stored = document && this.documents[kind].get(document._id);
        if (document === undefined || stored !== undefined && stored.through >= document.through) continue;
        this.documents[kind].set(document._id, document);
      }
    }
  }

  async *ids(kind: Kind, _partition: number, scope: Scope): AsyncGenerator<readonly string[]> {
    const meant = [...this.documents[kind].values()].filter(({ minute, store }) =>
      includes(scope, { minuteMs: minute.getTime(), store })
    );
    yield await Promise.resolve(meant.map(({ _id }) => _id));
  }

  which(kind: Kind, ids: readonly string[]): Promise<ReadonlySet<string>> {
    return Promise.resolve(new Set(ids.filter((id) => this.documents[kind].has(id))));
  }

  read(kind: Kind, ids: readonly string[]): Promise<ReadonlyMap<string, WindowDocument>> {
    const there = ids.flatMap((id) => this.documents[kind].get(id) ?? []);
    return Promise.resolve(new Map(there.map((document) => [document._id, document])));
  }

  chunks(): Promise<readonly MemberChunkDocument[]> {
    return Promise.resolve([]);
  }

  put(kind: Kind, document: WindowDocument, _chunks: readonly MemberChunkDocument[], seen?: WindowDocument) {
    if (seen !== undefined && seen.through > document.through) this.remove(kind, seen);
    const stored = this.documents[kind].get(document._id);
    if (stored === undefined || stored.through <= document.through) {
      this.documents[kind].set(document._id, document);
    }
    return Promise.resolve();
  }

  remove(kind: Kind, { _id, through }: WindowDocument): Promise<void> {
    if (this.documents[kind].get(_id)?.through === through) this.documents[kind].delete(_id);
    return Promise.resolve();
  }
}
