/** Kafka, MongoDB's protocol and ClickHouse as local processes, for tests and benches; see README.md. @module */
import { resolve } from "node:path";
import type { Endpoints } from "@countinghouse/shared/endpoints";
import { Supervisor } from "../supervisor/mod.ts";
import type { EngineName } from "./engine.ts";
import { checkPrerequisites } from "./install.ts";
import { ENDPOINT_OF, ENGINES, launch, type LaunchedEngine, type LaunchOptions } from "./launch.ts";
import { Ports } from "./port.ts";

export type { EngineName } from "./engine.ts";
export { ENDPOINT_OF, ENGINES } from "./launch.ts";
export { isFree, Ports } from "./port.ts";
export { find, type Prerequisite } from "./prerequisite.ts";
export { EngineError, isInstalled, neededNow } from "./install.ts";

/** Engines have this long to end when they are stopped; the rest of ten seconds is for the workers before them. */
export const ENGINE_GRACE_MS = 4_500;

const NAMES: readonly EngineName[] = ["kafka", "mongo", "clickhouse"];

/** Which engines are started, and where. */
export interface EngineOptions<Name extends EngineName> {
  /** Folder for their data, logs and the supervisor's record; one set of engines runs on a folder at a time. */
  readonly dataDir: string;
  /** Folder with the installed programs, which several sets may share; by default `engines` in `dataDir`. */
  readonly enginesDir?: string;
  /** The port that each engine should have where it is free; "free" (the default) for any free one. */
  readonly ports?: Readonly<Record<EngineName, number>> | "free";
  /** All three by default. */
  readonly only?: readonly Name[];
  /** Where progress goes: by default to standard error. */
  readonly say?: (name: string, line: string) => void;
  /** Breaks off the start. */
  readonly signal?: AbortSignal;
}

/** The addresses of the engines that were asked for, and a lake folder beside their data. */
export type EndpointsOf<Name extends EngineName> = Pick<Endpoints, (typeof ENDPOINT_OF)[Name] | "lakeUrl">;

/** A running set of engines. An engine that dies is started again on the same port and data. */
export interface RunningEngines<Name extends EngineName> extends AsyncDisposable {
  readonly endpoints: EndpointsOf<Name>;
  /** The process of an engine as it runs now; undefined between a death and the next start. */
  pid(name: Name): number | undefined;
  /** Sends a signal to an engine, SIGKILL for a crash; resolves when it was sent. */
  kill(name: Name, signal: Deno.Signal): void;
  /** Resolves when an engine answers: after a kill, say. */
  ready(name: Name): Promise<void>;
  /** Stops an engine and starts it again; resolves when it answers. */
  restart(name: Name): Promise<void>;
  /** Stops them all; their data stays. */
  stop(): Promise<void>;
}

/**
 * Installs what is missing, starts the engines and waits until they answer.
 *
 * @throws {EngineError} where one can't be installed, {NotReadyError} where one doesn't come up; none is left running.
 * @throws {AlreadyRunningError} where another set runs on the same data folder.
 */
export async function startEngines<Name extends EngineName = EngineName>(
  options: EngineOptions<Name>,
): Promise<RunningEngines<Name>> {
  const { ports = "free", say = toStandardError, only = NAMES as readonly Name[] } = options;
  const dataDir = resolve(options.dataDir);
  const supervisor = await Supervisor.open({ runDir: `${dataDir}/run`, say });
  try {
    const engines = await launchAll(only, supervisor, {
      dataDir,
      enginesDir: resolve(options.enginesDir ?? `${dataDir}/engines`),
      ports,
      say,
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    });
    return running(engines, supervisor, `${dataDir}/lake`);
  } catch (error) {
    await supervisor.stop();
    throw error;
  }
}

/**
 * Launches engines side by side under a supervisor, in a group of their own.
 *
 * @throws what the first one that failed threw; the others are broken off then.
 */
export async function launchAll<Name extends EngineName>(
  names: readonly Name[],
  supervisor: Supervisor,
  options: LaunchOptions,
): Promise<Map<Name, LaunchedEngine>> {
  await checkPrerequisites(names.map((name) => ENGINES[name]), options.enginesDir);
  const group = supervisor.group(ENGINE_GRACE_MS);
  await Deno.mkdir(options.enginesDir, { recursive: true });
  // An installation holds its own path, so one that is reached through a link goes by its real path.
  const enginesDir = await Deno.realPath(options.enginesDir);
  const freePorts = new Ports();
  const failed = new AbortController();
  const signal = AbortSignal.any([failed.signal, ...(options.signal === undefined ? [] : [options.signal])]);
  const launches = names.map(async (name) => {
    const engine = await launch(ENGINES[name], group, freePorts, { ...options, enginesDir, signal });
    return [name, engine] as const;
  });
  try {
    return new Map(await Promise.all(launches));
  } catch (error) {
    failed.abort();
    await Promise.allSettled(launches);
    throw error;
  }
}

function running<Name extends EngineName>(
  engines: ReadonlyMap<Name, LaunchedEngine>,
  supervisor: Supervisor,
  lakeUrl: string,
): RunningEngines<Name> {
  const engine = (name: Name) => {
    const found = engines.get(name);
    if (found === undefined) {
      throw new Error(`Cannot reach ${name}: it is not among the engines that were started`);
    }
    return found;
  };
  const addresses = [...engines].map(([name, { address }]) => [ENDPOINT_OF[name], address]);
  return {
    endpoints: Object.fromEntries([...addresses, ["lakeUrl", lakeUrl]]) as EndpointsOf<Name>,
    pid: (name) => engine(name).process.pid,
    kill: (name, signal) => engine(name).process.kill(signal),
    ready: (name) => engine(name).ready(),
    restart: async (name) => {
      const { process, ready } = engine(name);
      await process.stop(ENGINE_GRACE_MS);
      process.start();
      await ready();
    },
    stop: () => supervisor.stop(),
    [Symbol.asyncDispose]: () => supervisor.stop(),
  };
}

function toStandardError(name: string, line: string): void {
  console.error(`${name.padEnd(10)} | ${line}`);
}
