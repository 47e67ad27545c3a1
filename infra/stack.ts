import { fileURLToPath } from "node:url";
import { resolve } from "node:path";
import { keysFile, loadSettings, secretFiles, type Settings } from "@countinghouse/shared/config";
import { type Endpoints, endpointsFile } from "@countinghouse/shared/endpoints";
import { ToldError } from "@countinghouse/shared/told_error";
import { type Say, seconds } from "./console.ts";
import { bringEnginesUp, describe, type StackEngines } from "./engines.ts";
import { enginesFrom } from "./engine_source.ts";
import { summarize } from "./summary.ts";
import { type ProcessGroup, runToEnd, Supervisor, untilReady } from "./supervisor/mod.ts";
import { Ports } from "./local/mod.ts";
import { chooseMemberPort } from "./member_port.ts";
import {
  collector,
  processesOf,
  SHOP,
  WEB,
  type Worker,
  workers,
  type WorkerSurroundings,
} from "./worker.ts";

/** How much of the stack runs: engines only; with workers and web; with a simulated shop as well. */
export type Mode = "stack" | "start" | "dev";

/** Workers have this long to write what they have read; the rest of ten seconds is for the engines after them. */
const WORKER_GRACE_MS = 4_500;
const ASK_TIMEOUT_MS = 2_000;
const ROOT = fileURLToPath(import.meta.resolve("../"));

/** The members can't be made ready to start; the message has the last words of the step that failed. */
export class PreparationError extends ToldError {
  override name = "PreparationError";
}

/** What it takes to run a stack. */
export interface StackOptions {
  readonly mode: Mode;
  readonly settings: Settings;
  readonly say: Say;
  readonly print: (text: string) => void;
  /** When it is aborted the stack stops. */
  readonly signal: AbortSignal;
}

/**
 * Brings a stack up, keeps it running until it is told to stop, and takes it down in order: workers and web, then
 * engines.
 *
 * @throws when it can't be brought up; whatever had been started is stopped by then.
 */
export async function runStack(options: StackOptions): Promise<void> {
  const { mode, settings, say, signal } = options;
  const startedAt = performance.now();
  const dataDir = resolve(settings.dataDir);
  const supervisor = await Supervisor.open({ runDir: `${dataDir}/run`, say });
  let engines: StackEngines | undefined;
  try {
    const ports = mode === "stack" ? undefined : choosePorts(settings);
    [engines] = await Promise.all([
      bringEnginesUp({ settings, dataDir, supervisor, say, signal }),
      mode === "stack" ? undefined : prepareMembers(say, signal),
    ]);
    const endpoints = ports === undefined
      ? engines.endpoints
      : await startMembers(options, { dataDir, engines, ports, group: supervisor.group(WORKER_GRACE_MS) });
    await writeEndpoints(settings, endpoints);
    options.print(summarize({
      endpoints,
      engines: {
        kafka: describe("kafka", engines.sources),
        mongo: describe("mongo", engines.sources),
        clickhouse: describe("clickhouse", engines.sources),
      },
      logsDir: `${settings.dataDir}/logs`,
      tookMs: performance.now() - startedAt,
    }));
    await aborted(signal);
  } finally {
    const stopAt = performance.now();
    await Deno.remove(endpointsFile(settings)).catch(() => {});
    await supervisor.stop();
    await engines?.stop();
    say("supervisor", `everything has stopped after ${seconds(performance.now() - stopAt)}`);
  }
}

/** The ports of this machine that members listen on. */
interface MemberPorts {
  readonly web: number;
  readonly collect: number;
}

function choosePorts(settings: Settings): MemberPorts {
  const defaults = loadSettings({ environment: () => undefined, readText: () => undefined });
  const ports = new Ports();
  return {
    web: chooseMemberPort({
      serves: "the dashboard",
      port: settings.port,
      defaultPort: defaults.port,
      variable: "PORT",
    }, ports),
    collect: chooseMemberPort({
      serves: "the collector",
      port: settings.collect.port,
      defaultPort: defaults.collect.port,
      variable: "COLLECT_PORT",
    }, ports),
  };
}

/** Starts workers and web, in `dev` the shop too, and waits until the web answers. */
async function startMembers(
  { mode, settings, say, signal }: StackOptions,
  { dataDir, engines, ports, group }: {
    readonly dataDir: string;
    readonly engines: StackEngines;
    readonly ports: MemberPorts;
    readonly group: ProcessGroup;
  },
): Promise<Endpoints> {
  const { web: webPort, collect: collectPort } = ports;
  if (webPort !== settings.port) {
    say("web", `port ${settings.port} is in use, so the web gets port ${webPort}`);
  }
  if (collectPort !== settings.collect.port) {
    say("collect", `port ${settings.collect.port} is in use, so the collector gets port ${collectPort}`);
  }
  const surroundings: WorkerSurroundings = {
    root: ROOT,
    dataDir,
    endpoints: engines.endpoints,
    webPort,
    logLevel: settings.logLevel,
    ownEngines: new Set([
      ...enginesFrom(engines.sources, "local"),
      ...enginesFrom(engines.sources, "compose"),
    ]),
  };
  signal.throwIfAborted();
  await Deno.mkdir(`${dataDir}/logs`, { recursive: true });
  const start = (worker: Worker) => processesOf(worker, surroundings).map((spec) => group.start(spec));
  // So that ingest and others find the engines as soon as there are any.
  await writeEndpoints(settings, engines.endpoints);
  workers(settings).forEach(start);
  const reads = [keysFile({ ...settings, dataDir }), ...secretFiles()];
  start(collector(settings, collectPort, reads));
  // The web serves the collector's routes too.
  const [web] = start({ ...WEB, reads: [ROOT, ...reads] });
  if (mode === "dev") start(SHOP);
  const webUrl = `http://localhost:${webPort}`;
  await untilReady(web!, { title: "the web server", ask: () => askWeb(webPort), signal });
  return { ...engines.endpoints, webUrl, collectUrl: `http://localhost:${collectPort}` };
}

/**
 * What the members need besides engines, before they start: the npm packages, which else each of them would fetch,
 * and the pages' client, so that the server needs no right to run a bundler.
 */
async function prepareMembers(say: Say, signal: AbortSignal): Promise<void> {
  const startedAt = performance.now();
  await runDeno("install the packages", ["install", "--quiet"], signal);
  await runDeno("build the pages' client", ["run", "--quiet", "--allow-all", "web/build.ts"], signal);
  say(
    "packages",
    `in place, and the pages' client is built, after ${seconds(performance.now() - startedAt)}`,
  );
}

async function runDeno(what: string, args: readonly string[], signal: AbortSignal): Promise<void> {
  const { success, output } = await runToEnd(Deno.execPath(), args, { workingDirectory: ROOT, signal });
  if (!success) throw new PreparationError(`Cannot ${what}:\n${output}`);
}

/** Any answer will do: what isn't healthy yet is for /health to say. */
async function askWeb(port: number): Promise<void> {
  const response = await fetch(`http://127.0.0.1:${port}/health`, {
    signal: AbortSignal.timeout(ASK_TIMEOUT_MS),
  });
  await response.body?.cancel();
}

async function writeEndpoints(settings: Settings, endpoints: Endpoints): Promise<void> {
  const file = endpointsFile(settings);
  await Deno.writeTextFile(`${file}.new`, JSON.stringify(endpoints, null, 2));
  await Deno.rename(`${file}.new`, file);
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
