/**
 * `deno task test [--no-engines] [PATH...]`: starts a set of real engines and finds a browser, runs the tests with
 * coverage, and counts what really ran. Its last line is `N passed, N failed`.
 *
 * @module
 */
import { resolve } from "node:path";
import { ENVIRONMENT, loadSettings } from "@countinghouse/shared/config";
import { ensureChromium } from "./chromium.ts";
import { printCoverage } from "./coverage_report.ts";
import { runDenoTest } from "./deno_test_run.ts";
import { type Tally, tally } from "./junit.ts";
import { descendantsOf, listProcesses, signal } from "./processes.ts";
import { selectTests } from "./selection.ts";

/** What has not ended by then hangs. On two free cores a run takes a quarter of it, installing the engines included. */
const LIMIT_MS = 60 * 60_000;

/** Most tests wait for engines half of the time; more lanes than this starve the engines of two cores. */
const LANES = 2;

const root = resolve(import.meta.dirname!, "..");

if (import.meta.main) Deno.exit(await main(Deno.args));

async function main(args: readonly string[]): Promise<number> {
  const startedMs = performance.now();
  const folder = await Deno.makeTempDir({ prefix: "countinghouse-test-" });
  try {
    const { passed, failures } = await runSelected(args, folder, stopOnSignalOrLimit());
    for (const failure of failures) console.log(`FAILED ${failure}`);
    console.log(`in ${Math.round((performance.now() - startedMs) / 1_000)} s`);
    console.log(`${passed} passed, ${failures.length} failed`);
    return failures.length === 0 && passed > 0 ? 0 : 1;
  } finally {
    for (const left of descendantsOf(Deno.pid, await listProcesses())) signal(left, "SIGKILL");
    await Deno.remove(folder, { recursive: true });
  }
}

/** Runs the tests that the arguments select, with what they need. What can't be had is a failure, not a skip. */
async function runSelected(args: readonly string[], folder: string, stop: AbortSignal): Promise<Tally> {
  const failures: string[] = [];
  const attempt = async <T>(needed: boolean, start: () => Promise<T>): Promise<T | undefined> => {
    if (!needed) return undefined;
    try {
      return await unlessStopped(start(), stop);
    } catch (error) {
      failures.push(error instanceof Error ? error.message : String(error));
      return undefined;
    }
  };
  const selection = await attempt(
    true,
    () => selectTests(root, pathsIn(args), !args.includes("--no-engines")),
  );
  if (selection === undefined) return { passed: 0, failures };

  const [engines, chromium] = await Promise.all([
    attempt(selection.needsEngines, () => startOwnEngines(folder, stop)),
    attempt(selection.needsBrowser, () => ensureChromium(console.error)),
  ]);
  try {
    const environment = {
      ...environmentWithoutSettings(),
      ...engines?.environment,
      ...(chromium === undefined ? {} : { CHROMIUM_PATH: chromium }),
      DATA_DIR: `${folder}/data`,
    };
    const reports = await sideBySide(selection.parts, (files, part) =>
      runDenoTest({
        root,
        files,
        environment,
        reportFile: `${folder}/junit-${part}.xml`,
        coverageFolder: `${folder}/coverage`,
        stop,
      }));
    const counted = tally(reports.join("\n"), selection.files);
    if (!stop.aborted) await printCoverage(root, `${folder}/coverage`, args.length === 0);
    else failures.push(String(stop.reason));
    return { passed: counted.passed, failures: [...failures, ...counted.failures] };
  } finally {
    await engines?.stop();
  }
}

/** Works on parts, {@link LANES} at a time, each lane taking the next one when it is done with its last. */
async function sideBySide<Part, Result>(
  parts: readonly Part[],
  work: (part: Part, index: number) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  const left = parts.entries();
  const lanes = Array.from({ length: LANES }, async () => {
    for (const [index, part] of left) results[index] = await work(part, index);
  });
  await Promise.all(lanes);
  return results;
}

/**
 * One set of engines for all tests, on free ports and with data of its own. What is installed is shared: the tests'
 * own DATA_DIR links to it, for those that start an engine themselves. Loaded only here, so that pure tests need nothing of it and a broken one is a failure in the count.
 */
async function startOwnEngines(folder: string, signal: AbortSignal) {
  const { startEngines } = await import("@countinghouse/infra");
  const enginesDir = resolve(root, loadSettings().dataDir, "engines");
  const engines = await startEngines({
    dataDir: `${folder}/engines`,
    enginesDir,
    ports: "free",
    signal,
  });
  await Deno.mkdir(`${folder}/data`);
  await Deno.symlink(enginesDir, `${folder}/data/engines`);
  const environment = {
    KAFKA_BOOTSTRAP_SERVERS: engines.endpoints.kafkaBootstrapServers,
    MONGO_URI: engines.endpoints.mongoUri,
    CLICKHOUSE_URL: engines.endpoints.clickhouseUrl,
    LAKE_URL: engines.endpoints.lakeUrl,
  };
  return { environment, stop: () => engines.stop() };
}

/** Tests must not meet the engines, ports or windows that a developer has set for the product. */
function environmentWithoutSettings(): Record<string, string> {
  return Object.fromEntries(Object.entries(Deno.env.toObject()).filter(([name]) => !(name in ENVIRONMENT)));
}

function pathsIn(args: readonly string[]): readonly string[] {
  const unknown = args.find((arg) => arg.startsWith("-") && arg !== "--no-engines");
  if (unknown !== undefined) throw new Error(`Cannot read the arguments: current value is ${unknown}`);
  const paths = args.filter((arg) => !arg.startsWith("-"));
  return paths.length === 0 ? ["."] : paths;
}

function stopOnSignalOrLimit(): AbortSignal {
  const stop = new AbortController();
  for (const name of ["SIGINT", "SIGTERM"] as const) {
    Deno.addSignalListener(name, () => stop.abort(`the run: stopped by ${name}`));
  }
  const limit = setTimeout(
    () => stop.abort(`the run: not done within ${LIMIT_MS / 60_000} minutes`),
    LIMIT_MS,
  );
  Deno.unrefTimer(limit);
  return stop.signal;
}

async function unlessStopped<T>(work: Promise<T>, stop: AbortSignal): Promise<T> {
  const stopped = Promise.withResolvers<never>();
  const onStop = () => stopped.reject(new Error(`Cannot get the tests ready: ${stop.reason}`));
  stop.addEventListener("abort", onStop, { once: true });
  if (stop.aborted) onStop();
  try {
    return await Promise.race([work, stopped.promise]);
  } finally {
    stop.removeEventListener("abort", onStop);
  }
}
