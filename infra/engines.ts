import type { Settings } from "@countinghouse/shared/config";
import type { Endpoints } from "@countinghouse/shared/endpoints";
import { compose, composeAddress, composeAnswers } from "./compose/compose.ts";
import { type Say, seconds } from "./console.ts";
import { chooseSources, enginesFrom, type EngineSources } from "./engine_source.ts";
import { ENDPOINT_OF, type EngineName, ENGINES, launchAll, Ports } from "./local/mod.ts";
import type { Supervisor } from "./supervisor/mod.ts";

/** Engines that answer, and where each came from. */
export interface StackEngines {
  readonly sources: EngineSources;
  readonly endpoints: Endpoints;
  /** Stops those that don't end with the supervisor. */
  stop(): Promise<void>;
}

/** What it takes to bring the engines up. Folders are absolute. */
export interface StackEngineOptions {
  readonly settings: Settings;
  readonly dataDir: string;
  readonly supervisor: Supervisor;
  readonly say: Say;
  readonly signal: AbortSignal;
}

/** Where each engine would come from now: from the settings, Docker Compose, or local processes. */
export async function sourcesNow(settings: Settings): Promise<EngineSources> {
  const withoutDocker = chooseSources(settings, false);
  const missing = enginesFrom(withoutDocker, "local");
  return missing.length === 0 ? withoutDocker : chooseSources(settings, await composeAnswers());
}

/** Brings the three engines up, each from its source, and says which that is. */
export async function bringEnginesUp(options: StackEngineOptions): Promise<StackEngines> {
  const { settings, dataDir, say } = options;
  const sources = await sourcesNow(settings);
  for (const name of Object.keys(sources) as EngineName[]) say(name, describe(name, sources));
  const [local, containers] = await Promise.all([
    bringLocalUp(sources, options),
    bringComposeUp(sources, options),
  ]);
  const address = (name: EngineName) => {
    const source = sources[name];
    return source.from === "settings" ? source.address : local.get(name) ?? containers.get(name) ?? "";
  };
  return {
    sources,
    endpoints: {
      [ENDPOINT_OF.kafka]: address("kafka"),
      [ENDPOINT_OF.mongo]: address("mongo"),
      [ENDPOINT_OF.clickhouse]: address("clickhouse"),
      lakeUrl: settings.lakeUrl ?? `${dataDir}/lake`,
    },
    stop: async () => {
      if (containers.size > 0) await compose({ verb: "stop", engines: [...containers.keys()] });
    },
  };
}

/** Where an engine comes from, in a few words. */
export function describe(name: EngineName, sources: EngineSources): string {
  switch (sources[name].from) {
    case "settings":
      return "runs elsewhere, at the address in the settings";
    case "compose":
      return "runs in a container, by Docker Compose";
    case "local":
      return `runs as a local process, ${ENGINES[name].title} ${ENGINES[name].version}`;
  }
}

async function bringLocalUp(
  sources: EngineSources,
  options: StackEngineOptions,
): Promise<Map<EngineName, string>> {
  const { settings, dataDir, supervisor, say, signal } = options;
  const engines = await launchAll(enginesFrom(sources, "local"), supervisor, {
    dataDir,
    enginesDir: `${dataDir}/engines`,
    ports: settings.enginePorts,
    say,
    signal,
  });
  return new Map([...engines].map(([name, { address }]) => [name, address]));
}

async function bringComposeUp(
  sources: EngineSources,
  options: StackEngineOptions,
): Promise<Map<EngineName, string>> {
  const { settings, say, signal } = options;
  const names = enginesFrom(sources, "compose");
  if (names.length === 0) return new Map();
  const startedAt = performance.now();
  // Containers that an earlier run left would hold their own ports against us.
  await compose({ verb: "stop", engines: names });
  const freePorts = new Ports();
  const ports = new Map(names.map((name) => [name, freePorts.next(settings.enginePorts[name])]));
  for (const [name, port] of ports) {
    const usual = settings.enginePorts[name];
    if (port !== usual) say(name, `port ${usual} is in use, so it gets port ${port}`);
  }
  await compose({ verb: "up", engines: names }, Object.fromEntries(ports), signal);
  say("compose", `${names.join(", ")} up after ${seconds(performance.now() - startedAt)}`);
  return new Map([...ports].map(([name, port]) => [name, composeAddress(name, port)]));
}
