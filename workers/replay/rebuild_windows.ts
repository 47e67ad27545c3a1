import type { Offset } from "@countinghouse/core";
import { type Finding, finding } from "./finding.ts";
import type { Scope } from "./scope.ts";
import type { ShadowFold } from "./shadow_fold.ts";
import { KINDS, type WindowDocument, type WindowDocuments, type WindowKey } from "./window_documents.ts";

/** What a comparison came to, in documents. */
export interface Tally {
  readonly compared: number;
  readonly changed: number;
  readonly missing: number;
  readonly surplus: number;
  /** Still different after they were repaired: a worker writes something else again. */
  readonly unsettled: number;
}

/** What a partition's documents are rebuilt with. */
export interface RebuildOptions {
  readonly partition: number;
  readonly scope: Scope;
  readonly live: WindowDocuments;
  readonly shadow: WindowDocuments;
  readonly fold: Pick<ShadowFold, "through" | "foldTo">;
  /** The offset at which the live partition stands, as far as the log goes. */
  readonly position: () => Promise<Offset>;
  /** The end of the log. */
  readonly end: () => Promise<Offset>;
  /** How often a document is looked at before it counts as wrong: a worker may be about to write it. */
  readonly looks: number;
  /** Waits before each look, long enough for a worker to write what it has. */
  readonly settle: () => Promise<void>;
  /** Whether the hot retention has taken such a document away. */
  readonly isExpired: (document: WindowDocument) => boolean;
  readonly dryRun: boolean;
  readonly tell: (difference: Difference) => void;
}

/** A live document that is not what the log says. */
export interface Difference extends WindowKey {
  readonly finding: Finding;
  readonly live: WindowDocument | undefined;
  readonly right: WindowDocument | undefined;
}

interface Suspect extends WindowKey {
  /** The live document's, when it was last seen; 0 where there was none. */
  readonly through: number;
}

/** Documents that are in memory at a time. */
const CHUNK = 100;
/** After a repair it is seen to that it lasts, and repaired again if not, so often. */
const CHECKS = 2;

/**
 * Compares the live documents of a partition with its shadow and, unless this is a dry run, makes them equal.
 *
 * A document is a function of the log through its own offset. So one that a worker writes meanwhile is no trouble:
 * the shadow is folded on exactly through the offset of the document that was seen, and then the two must be equal.
 */
export async function rebuildWindows(options: RebuildOptions): Promise<Tally> {
  const { dryRun, fold, position, tell } = options;
  await fold.foldTo(await position());
  const { compared, suspects } = await compareAll(options);
  const counts = { changed: 0, missing: 0, surplus: 0 };
  let wrong = await examine(suspects, options, (difference) => {
    counts[difference.finding]++;
    tell(difference);
  });
  if (dryRun) return { compared, ...counts, unsettled: 0 };
  for (let check = 1; wrong.length > 0 && check <= CHECKS; check++) {
    // What a wrong document kept a worker from writing is in the log through here.
    await fold.foldTo(await position());
    wrong = await examine(wrong, options, () => {});
  }
  return { compared, ...counts, unsettled: wrong.length };
}

/** Compares everything as it is now. What differs is only suspect: it may be on its way. */
async function compareAll(options: RebuildOptions): Promise<{ compared: number; suspects: Suspect[] }> {
  const { partition, scope, live, shadow, isExpired } = options;
  const suspects: Suspect[] = [];
  let compared = 0;
  for (const kind of KINDS) {
    for await (const ids of shadow.ids(kind, partition, scope)) {
      const [found, right] = await Promise.all([live.read(kind, ids), shadow.read(kind, ids)]);
      for (const [id, document] of right) {
        const seen = found.get(id);
        if (seen === undefined && isExpired(document)) continue;
        compared++;
        if (finding(seen, document) !== undefined) suspects.push({ kind, id, through: seen?.through ?? 0 });
      }
    }
    for await (const ids of live.ids(kind, partition, scope)) {
      const known = await shadow.which(kind, ids);
      const unknown = ids.filter((id) => !known.has(id));
      if (unknown.length === 0) continue;
      compared += unknown.length;
      for (const [id, { through }] of await live.read(kind, unknown)) suspects.push({ kind, id, through });
    }
  }
  return { compared, suspects };
}

/** Looks at suspects again, and again; tells, answers and, unless this is a dry run, repairs those that stay wrong. */
async function examine(
  suspects: readonly Suspect[],
  options: RebuildOptions,
  tell: RebuildOptions["tell"],
): Promise<Suspect[]> {
  const { looks, settle, dryRun } = options;
  let left = suspects;
  for (let look = 1; left.length > 0 && look <= looks; look++) {
    await settle();
    const wrong: Suspect[] = [];
    // In the order of the log, since the shadow can only go on.
    const ordered = left.toSorted((a, b) => a.through - b.through);
    for (let at = 0; at < ordered.length; at += CHUNK) {
      for (const difference of await lookAt(ordered.slice(at, at + CHUNK), options)) {
        const { kind, id, live } = difference;
        wrong.push({ kind, id, through: live?.through ?? 0 });
        if (look < looks) continue;
        tell(difference);
        if (!dryRun) await repair(difference, options);
      }
    }
    left = wrong;
  }
  return [...left];
}

/** Looks at some documents, each at its own offset. */
async function lookAt(keys: readonly WindowKey[], options: RebuildOptions): Promise<Difference[]> {
  const { live, shadow, fold, end } = options;
  const logEnd = await end();
  const different: Difference[] = [];
  const judge = (key: WindowKey, live: WindowDocument | undefined, right: WindowDocument | undefined) => {
    const found = finding(live, right);
    if (found !== undefined) different.push({ kind: key.kind, id: key.id, finding: found, live, right });
  };
  const ahead: { readonly key: WindowKey; readonly document: WindowDocument }[] = [];
  for (const [kind, ofKind] of Map.groupBy(keys, ({ kind }) => kind)) {
    const ids = ofKind.map(({ id }) => id);
    const [seen, right] = [await live.read(kind, ids), await shadow.read(kind, ids)];
    for (const key of ofKind) {
      const document = seen.get(key.id);
      // One that says to be behind the log's end is wrong; the log can't tell what it should be there.
      if (document === undefined || document.through <= fold.through || document.through > logEnd) {
        judge(key, document, right.get(key.id));
      } else ahead.push({ key, document });
    }
  }
  for (const { key, document } of ahead.toSorted((a, b) => a.document.through - b.document.through)) {
    await fold.foldTo(document.through as Offset);
    judge(key, document, (await shadow.read(key.kind, [key.id])).get(key.id));
  }
  return different;
}

async function repair(difference: Difference, { live, shadow }: RebuildOptions): Promise<void> {
  const { kind, live: seen, right } = difference;
  if (right !== undefined) await live.put(kind, right, await shadow.chunks(right), seen);
  else if (seen !== undefined) await live.remove(kind, seen);
}
