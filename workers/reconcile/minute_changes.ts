import type { ChangeStream, ChangeStreamDocument, Db, Document } from "mongodb";
import { COLLECTIONS } from "@countinghouse/hot";

const WATCHED: readonly string[] = [COLLECTIONS.minutes, COLLECTIONS.cohorts, COLLECTIONS.corrections];
const PIPELINE: Document[] = [
  {
    $match: {
      $or: [
        { "ns.coll": { $in: WATCHED } },
        // Who takes a minute's check away wants it compared again.
        { "ns.coll": COLLECTIONS.checks, operationType: "delete" },
        { operationType: "dropDatabase" },
      ],
    },
  },
  { $unset: ["fullDocument", "updateDescription"] },
];

/** What is told of the hot store's changes. */
export interface ChangeListener {
  /** From now on every change is told; what was before is not. */
  readonly onConnected: () => void;
  /** A document of this minute was written, altered or deleted, by whomever, or its check was taken away. */
  readonly onChange: (minuteMs: number) => void;
}

/** Follows the changes of minutes until the signal aborts. @throws what breaks the stream. */
export async function followMinuteChanges(
  db: Db,
  { onConnected, onChange }: ChangeListener,
  signal: AbortSignal,
): Promise<void> {
  const stream: ChangeStream = db.watch(PIPELINE);
  const close = () => void stream.close().catch(() => {});
  signal.addEventListener("abort", close, { once: true });
  const tell = (change: ChangeStreamDocument) => {
    const id = "documentKey" in change ? String(change.documentKey._id) : "";
    // An `_id` begins with its minute.
    const minuteMs = Date.parse(id.slice(0, id.indexOf("/")));
    if (!Number.isNaN(minuteMs)) onChange(minuteMs);
  };
  try {
    // The stream is open with its first answer.
    const first = await stream.tryNext();
    onConnected();
    if (first !== null) tell(first);
    for await (const change of stream) tell(change);
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    signal.removeEventListener("abort", close);
    await stream.close().catch(() => {});
  }
}
