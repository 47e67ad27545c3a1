import { Hono } from "hono";
import { z } from "zod";
import { MINUTE_MS, minuteStart } from "@countinghouse/core";
import { type MinuteKey, TooManyRecordsError } from "@countinghouse/reconcile";
import { EXPLAINED_METRICS, type ExplainedName, explainQuery } from "./explain_metric.ts";
import { explainRecords } from "./explain_records.ts";
import type { ExplainSources } from "./explain_sources.ts";
import type { HistoryWindow, ReadHistory } from "./history.ts";
import { parse, storeId, time } from "./parameters.ts";
import { ProblemError } from "./problem.ts";
import { restatementView } from "./quality.ts";

const NAMES = Object.keys(EXPLAINED_METRICS) as [ExplainedName, ...ExplainedName[]];
const MOST_RESTATEMENTS = 20;

/** A minute may be written without its seconds. */
const minute = z.string().transform((text) => text.replace(/(T\d\d:\d\d)(?!:|\d)/, "$1:00")).pipe(time);

const parameters = z.object({
  store_id: storeId,
  minute,
  metric: z.enum(NAMES, { error: `must be one of ${NAMES.join(", ")}` }),
});

/**
 * `/explain`: where a number comes from. The number as shown, the question to the warehouse that gives it and its
 * answer now, and by partition the records that count and those that are left out.
 */
export function explainRoute(history: ReadHistory, sources: ExplainSources, now: () => number): Hono {
  return new Hono().get("/explain", async (c) => {
    const { store_id, minute, metric } = parse(parameters, c.req.query());
    const key = { storeId: store_id, minuteMs: minuteStart(minute) };
    const params = { store: store_id, minute: key.minuteMs / 1_000 };
    const [window, answer, records, closings, stored, restatements] = await Promise.all([
      shownWindow(history, key, now()),
      sources.ask(metric, params),
      sources.records(key).catch(refuseTooMany),
      sources.closings(key.minuteMs),
      sources.stored(key),
      sources.restatements({ ...key, limit: MOST_RESTATEMENTS }),
    ]);
    const isHot = window.source === "hot";
    const context = { closings, dedup: sources.dedup, parts: isHot ? stored.parts : undefined };
    c.header("cache-control", "no-store");
    return c.json({
      store_id,
      minute: new Date(key.minuteMs).toISOString(),
      metric,
      value: window.metrics[metric],
      status: window.status,
      source: window.source,
      currency: window.metrics.currency,
      by_currency: window.metrics.by_currency,
      query: { sql: explainQuery(metric), parameters: params, result: answer },
      ...explainRecords(metric, records, context),
      correction: isHot ? stored.correction : null,
      restatements: restatements.map(restatementView),
    });
  });
}

/** The number as /kpis/history shows it, from whichever store that takes it. */
async function shownWindow(
  history: ReadHistory,
  { storeId, minuteMs }: MinuteKey,
  nowMs: number,
): Promise<HistoryWindow> {
  const windows = [{ fromMs: minuteMs, toMs: minuteMs + MINUTE_MS }];
  const [window] = await history({ storeId, step: "1m", windows, filter: {}, fill: true }, nowMs);
  return window!;
}

function refuseTooMany(error: unknown): never {
  if (!(error instanceof TooManyRecordsError)) throw error;
  throw new ProblemError({ title: "Too many events", status: 422, detail: error.message });
}
