import type { Db } from "mongodb";
import type { ColdStore } from "@countinghouse/cold";
import type { Cohort, Counter, DedupOptions, Rollup } from "@countinghouse/core";
import {
  collections,
  correctionId,
  decodeRollup,
  listRestatements,
  type MoneyDocument,
  type RestatementDocument,
  type RestatementQuery,
} from "@countinghouse/hot";
import {
  type AskedRecords,
  type Closings,
  type MinuteKey,
  readClosings,
  readMinuteRecords,
} from "@countinghouse/reconcile";
import { type ExplainedName, explainQuery } from "./explain_metric.ts";

/** The parameters of {@link explainQuery}. */
export interface ExplainParameters {
  readonly store: string;
  /** The minute's start in seconds since the epoch. */
  readonly minute: number;
}

/** What the hot store holds of a minute. */
export interface StoredParts {
  readonly parts: ReadonlyMap<number, Rollup>;
  /** What is added to them, signed; null where nothing is. */
  readonly correction: {
    readonly counts: Readonly<Record<Counter, number>>;
    readonly money_minor: MoneyDocument;
    readonly sessions: Readonly<Cohort>;
  } | null;
}

/** Where an explanation comes from. */
export interface ExplainSources {
  readonly dedup: DedupOptions;
  readonly ask: (metric: ExplainedName, parameters: ExplainParameters) => Promise<readonly unknown[]>;
  readonly records: (key: MinuteKey) => Promise<AskedRecords>;
  readonly closings: (minuteMs: number) => Promise<Closings>;
  readonly stored: (key: MinuteKey) => Promise<StoredParts>;
  readonly restatements: (query: RestatementQuery) => Promise<readonly RestatementDocument[]>;
}

/** The sources of a running stack. */
export function explainSources(database: Db, cold: ColdStore, dedup: DedupOptions): ExplainSources {
  return {
    dedup,
    ask: async (metric, parameters) => {
      const result = await cold.client.query({
        query: explainQuery(metric),
        query_params: { ...parameters },
        format: "JSONEachRow",
        clickhouse_settings: { output_format_json_quote_64bit_integers: 0 },
      });
      return await result.json();
    },
    records: (key) => readMinuteRecords(cold, key),
    closings: (minuteMs) => readClosings(cold, minuteMs),
    stored: (key) => readStored(database, key),
    restatements: (query) => listRestatements(database, query),
  };
}

async function readStored(database: Db, { storeId, minuteMs }: MinuteKey): Promise<StoredParts> {
  const { minutes, corrections } = collections(database);
  const [documents, correction] = await Promise.all([
    minutes.find({ store: storeId, minute: new Date(minuteMs) }).toArray(),
    corrections.findOne({ _id: correctionId(minuteMs, storeId) }),
  ]);
  return {
    parts: new Map(documents.map((document) => [document.partition, decodeRollup(document)])),
    correction: correction === null
      ? null
      : { counts: correction.counts, money_minor: correction.money, sessions: correction.cohort },
  };
}
