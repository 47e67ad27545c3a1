import { Hono } from "hono";
import { z } from "zod";
import type {
  AlarmDocument,
  PartitionBooks,
  RestatementDocument,
  RestatementQuery,
} from "@countinghouse/hot";
import type { CheckResult } from "@countinghouse/reconcile";
import { totalBooks } from "./ledger.ts";
import { parse, storeId } from "./parameters.ts";
import type { QualityFigures } from "./quality_figures.ts";

/** Where the answer comes from. */
export interface QualityRouteSources {
  readonly figures: () => Promise<QualityFigures>;
  readonly books: () => Promise<readonly PartitionBooks[]>;
  /** Records in the dead-letter topic; null where it can't be asked. */
  readonly deadLetters: () => Promise<number | null>;
  readonly restatements: (query: RestatementQuery) => Promise<readonly RestatementDocument[]>;
  readonly alarms: (
    query: { readonly storeId: string | undefined; readonly limit: number },
  ) => Promise<readonly AlarmDocument[]>;
}

const MOST = 1_000;
const LIMIT = `must be a whole number from 1 to ${MOST}`;

const parameters = z.object({
  /** Narrows the restatements and alarms; the rest is of the log that all stores share. */
  store_id: storeId.removeDefault().optional(),
  limit: z.string().regex(/^\d{1,4}$/, LIMIT).transform(Number)
    .pipe(z.number().min(1, LIMIT).max(MOST, LIMIT)).default(50),
  cursor: z.string().transform((text, context) => {
    const [at = "", ...id] = text.split("|");
    const atMs = Date.parse(at);
    if (!Number.isNaN(atMs)) return { atMs, id: id.join("|") };
    context.addIssue("must be the `next` of an earlier answer");
    return z.NEVER;
  }).optional(),
});

/**
 * `/quality`: whether the stores agree, how fresh they are, what share of events was late or a duplicate, what was
 * restated and what nobody can explain. `cursor` with the `next` of an answer leads to older restatements.
 */
export function qualityRoute(sources: QualityRouteSources, now: () => number): Hono {
  return new Hono().get("/quality", async (c) => {
    const { store_id, limit, cursor } = parse(parameters, c.req.query());
    const [figures, books, deadLetters, restatements, alarms] = await Promise.all([
      sources.figures(),
      sources.books(),
      sources.deadLetters().catch(() => null),
      sources.restatements({ storeId: store_id, after: cursor, limit }),
      sources.alarms({ storeId: store_id, limit }),
    ]);
    const total = totalBooks(books);
    const late = books.reduce((sum, partition) => sum + partition.late, 0);
    const { pass, freshness } = figures;
    c.header("cache-control", "no-store");
    return c.json({
      time: new Date(now()).toISOString(),
      drift: {
        target: 0,
        hot_warehouse: pass === null ? null : minutesOf(pass.hot_warehouse),
        warehouse_lake: pass === null ? null : minutesOf(pass.warehouse_lake),
      },
      last_pass: pass === null ? null : {
        at: pass.at.toISOString(),
        age_ms: Math.max(0, now() - pass.at.getTime()),
        took_ms: pass.took_ms,
        minutes_compared: pass.compared,
        minutes_to_look_at_again: pass.open,
        everything_compared_at: pass.swept.toISOString(),
      },
      freshness,
      late_share: share(late, total.counted),
      duplicate_share: share(total.duplicates, total.counted + total.duplicates),
      dead_lettered: total.dead_lettered,
      dead_letters: deadLetters,
      restatement_count: figures.restatements,
      restatements: restatements.map(restatementView),
      next: restatements.length < limit ? null : cursorOf(restatements.at(-1)!),
      open_alarm_count: figures.open_alarms,
      open_alarms: alarms.map(alarmView),
    });
  });
}

function cursorOf({ at, _id }: RestatementDocument): string {
  return `${at.toISOString()}|${_id}`;
}

function minutesOf({ equal, repaired, differs, waiting }: Readonly<Record<CheckResult, number>>) {
  return {
    minutes_compared: equal + repaired + differs,
    minutes_differing: differs,
    minutes_waiting: waiting,
  };
}

/** A restatement as the API shows it. */
export function restatementView({ _id, at, minute, events, event_count, ...rest }: RestatementDocument) {
  return {
    ...rest,
    minute: minute.toISOString(),
    at: at.toISOString(),
    event_count,
    events: events.map((event) => ({ ...event, append_time: event.append_time.toISOString() })),
  };
}

function alarmView({ _id, closed: _, minute, raised, seen, ...rest }: AlarmDocument) {
  return {
    ...rest,
    minute: minute.toISOString(),
    raised: raised.toISOString(),
    seen: seen.toISOString(),
  };
}

/** With 6 decimals, as such shares are small; 0 of 0 is 0. */
function share(part: number, whole: number): number {
  return whole === 0 ? 0 : Math.round(part / whole * 1e6) / 1e6;
}
