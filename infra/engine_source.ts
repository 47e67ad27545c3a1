import type { Settings } from "@countinghouse/shared/config";
import type { EngineName } from "./local/mod.ts";

/** Where an engine comes from. */
export type EngineSource =
  | { readonly from: "settings"; readonly address: string }
  | { readonly from: "compose" }
  | { readonly from: "local" };

/** The source of each engine. */
export type EngineSources = Readonly<Record<EngineName, EngineSource>>;

/** The settings that name an engine that runs elsewhere. */
export type EngineAddresses = Pick<Settings, "kafkaBootstrapServers" | "mongoUri" | "clickhouseUrl">;

/**
 * Chooses per engine: the address that the settings name, else Docker Compose where a daemon answers, else a local
 * process.
 */
export function chooseSources(addresses: EngineAddresses, composeAnswers: boolean): EngineSources {
  const choose = (address: string | undefined): EngineSource => {
    if (address !== undefined) return { from: "settings", address };
    return { from: composeAnswers ? "compose" : "local" };
  };
  return {
    kafka: choose(addresses.kafkaBootstrapServers),
    mongo: choose(addresses.mongoUri),
    clickhouse: choose(addresses.clickhouseUrl),
  };
}

/** The engines that come from one kind of source. */
export function enginesFrom(sources: EngineSources, from: EngineSource["from"]): EngineName[] {
  return (Object.keys(sources) as EngineName[]).filter((name) => sources[name].from === from);
}
