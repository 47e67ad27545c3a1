import type { RestatementReason, RestatingEvent } from "@countinghouse/hot";
import { duplicatesAmong } from "./duplicates.ts";
import { type EventRecord, recordKey } from "./event_record.ts";
import type { FunnelFacts } from "./minute_facts.ts";

/** How the rollup cuts sessions, and how long it holds them; see SessionTable of shared/core. */
export interface SessionRules {
  readonly sessionTimeoutMs: number;
  readonly allowedLatenessMs: number;
}

/**
 * The records that can have made the rollup see other sessions than there are: copies that it counted, events that
 * came after their session had been let go, and those of a session that is in two partitions.
 *
 * @param asked All records of the sessions concerned.
 * @param counted By {@link recordKey}, what the rollup has counted of them.
 */
export function sessionDisturbances(
  asked: readonly EventRecord[],
  withCopies: readonly EventRecord[],
  counted: ReadonlySet<string>,
  { sessionTimeoutMs, allowedLatenessMs }: SessionRules,
): RestatingEvent[] {
  const duplicates = duplicatesAmong(withCopies);
  const heldMs = sessionTimeoutMs + allowedLatenessMs;
  const disturbances: RestatingEvent[] = [];
  const sessions = Map.groupBy(asked, ({ userId, sessionId }) => JSON.stringify([userId, sessionId]));
  for (const records of sessions.values()) {
    const inLogOrder = records.filter((record) => counted.has(recordKey(record)))
      .sort((a, b) => a.partition - b.partition || a.offset - b.offset);
    inLogOrder.forEach((record, at) => {
      const before = inLogOrder.slice(0, at);
      const reason = duplicates.has(recordKey(record))
        ? "old_duplicate"
        : reasonOf(record, before, { heldMs, sessionTimeoutMs });
      if (reason !== undefined) disturbances.push(restating(record, reason));
    });
  }
  return disturbances;
}

/** Why an event may not have found its session: that is in another partition, or was let go of. */
function reasonOf(
  record: EventRecord,
  before: readonly EventRecord[],
  { heldMs, sessionTimeoutMs }: { readonly heldMs: number; readonly sessionTimeoutMs: number },
): RestatementReason | undefined {
  const last = before.at(-1);
  if (last === undefined) return undefined;
  if (last.partition !== record.partition) return "user_across_partitions";
  if (record.appendTimeMs - last.appendTimeMs <= heldMs) return undefined;
  const belongs = before.some((one) =>
    Math.abs(one.countedTimeMs - record.countedTimeMs) <= sessionTimeoutMs
  );
  return belongs ? "late_event" : undefined;
}

function restating(
  { eventId, partition, offset, appendTimeMs }: EventRecord,
  reason: RestatementReason,
): RestatingEvent {
  return { event_id: eventId, partition, offset, append_time: new Date(appendTimeMs), reason };
}

/** Whether so many disturbances can make this difference: each moves a session, or cuts one in two. */
export function canDiffer(hot: FunnelFacts, truth: FunnelFacts, disturbances: number): boolean {
  const steps = hot.reached.map((sessions, step) => sessions - truth.reached[step]!);
  return [hot.started - truth.started, ...steps].every((difference) =>
    Math.abs(difference) <= 2 * disturbances
  );
}
