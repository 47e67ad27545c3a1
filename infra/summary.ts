import type { Endpoints } from "@countinghouse/shared/endpoints";
import { seconds, withoutPassword } from "./console.ts";

/** What the block says when everything is up. */
export interface Summary {
  readonly endpoints: Endpoints;
  /** Where each engine comes from, in a few words. */
  readonly engines: Readonly<Record<"kafka" | "mongo" | "clickhouse", string>>;
  readonly logsDir: string;
  readonly tookMs: number;
}

/** A short block for people: what is up, where, and how to stop it. */
export function summarize({ endpoints, engines, logsDir, tookMs }: Summary): string {
  const { webUrl, collectUrl, kafkaBootstrapServers, mongoUri, clickhouseUrl } = endpoints;
  const rows: [string, string][] = [
    ...(webUrl === undefined ? [] : [["Dashboard", webUrl] as [string, string]]),
    ...(collectUrl === undefined ? [] : [["Collector", `POST ${collectUrl}/v1/events`] as [string, string]]),
    ["Kafka", `${withoutPassword(kafkaBootstrapServers)} (${engines.kafka})`],
    ["MongoDB", `${withoutPassword(mongoUri)} (${engines.mongo})`],
    ["ClickHouse", `${withoutPassword(clickhouseUrl)} (${engines.clickhouse})`],
    ["Logs", logsDir],
    ["Stop", "Ctrl+C"],
  ];
  const what = webUrl === undefined ? "The engines are" : "Countinghouse is";
  const lines = rows.map(([label, text]) => `  ${label.padEnd(10)}  ${text}`);
  return ["", `${what} up after ${seconds(tookMs)}.`, "", ...lines, ""].join("\n");
}
