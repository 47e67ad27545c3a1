import type { Endpoints } from "@countinghouse/shared/endpoints";
import { type ProcessGroup, type SupervisedProcess, untilReady } from "../supervisor/mod.ts";
import { clickhouse } from "./clickhouse.ts";
import type { Engine, EngineName } from "./engine.ts";
import { install } from "./install.ts";
import { kafka } from "./kafka.ts";
import type { Ports } from "./port.ts";
import { secantus } from "./secantus.ts";

/** The engines that can run as local processes. */
export const ENGINES: Readonly<Record<EngineName, Engine>> = { kafka, mongo: secantus, clickhouse };

/** Which of the {@link Endpoints} each engine gives. */
export const ENDPOINT_OF = {
  kafka: "kafkaBootstrapServers",
  mongo: "mongoUri",
  clickhouse: "clickhouseUrl",
} as const satisfies Record<EngineName, keyof Endpoints>;

/** Where and how local engines are launched. Folders are absolute. */
export interface LaunchOptions {
  readonly dataDir: string;
  readonly enginesDir: string;
  /** The port that each engine should have where it is free; "free" for any free one. */
  readonly ports: Readonly<Record<EngineName, number>> | "free";
  readonly say: (name: string, line: string) => void;
  /** Breaks off an installation. */
  readonly signal?: AbortSignal;
}

/** A local engine that answers. */
export interface LaunchedEngine {
  readonly name: EngineName;
  readonly address: string;
  readonly port: number;
  readonly process: SupervisedProcess;
  /** Resolves when it answers, as after a restart. @throws {NotReadyError} when it doesn't come up. */
  ready(): Promise<void>;
}

/**
 * Installs an engine where needed, starts it under a supervisor and waits until it answers.
 *
 * @throws {EngineError} where it can't be installed; the message says what to do.
 * @throws {NotReadyError} where it doesn't come up; the message ends with its last words.
 */
export async function launch(
  engine: Engine,
  group: ProcessGroup,
  freePorts: Ports,
  options: LaunchOptions,
): Promise<LaunchedEngine> {
  const { name, title, version } = engine;
  const installDir = await install(engine, options);
  const startedAt = performance.now();
  const port = choosePort(engine, freePorts, options);
  const place = { installDir, dataDir: `${options.dataDir}/data/${name}`, port, innerPort: freePorts.any() };
  await Deno.mkdir(`${options.dataDir}/logs`, { recursive: true });
  await engine.prepare(place);
  options.signal?.throwIfAborted();
  const ask = () => engine.ask(port);
  const process = group.start({
    name,
    ...engine.program(place),
    workingDirectory: place.dataDir,
    logFile: `${options.dataDir}/logs/${name}.log`,
    echo: false,
    health: { ask },
  });
  const ready = () => untilReady(process, { title, ask, signal: options.signal });
  await ready();
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  options.say(name, `${title} ${version} answers on port ${port} after ${seconds} s`);
  return { name, address: engine.address(port), port, process, ready };
}

function choosePort(engine: Engine, freePorts: Ports, { ports, say }: LaunchOptions): number {
  if (ports === "free") return freePorts.any();
  const usual = ports[engine.name];
  const port = freePorts.next(usual);
  if (port !== usual) say(engine.name, `port ${usual} is in use, so ${engine.title} gets port ${port}`);
  return port;
}
