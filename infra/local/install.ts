import { ToldError } from "@countinghouse/shared/told_error";
import { type Engine, engineFolder, type InstallStep } from "./engine.ts";
import { find, type Prerequisite } from "./prerequisite.ts";
import { runToEnd } from "../supervisor/mod.ts";

const LAST_LINES = 15;

/** An engine can't be installed; the message says what to do, or shows what went wrong. */
export class EngineError extends ToldError {
  override name = "EngineError";
}

/** What is written into an engine's folder when the installation is complete, and not before. */
interface Marker {
  readonly version: string;
  /** A Python environment holds its own path, so a folder that was moved must be installed again. */
  readonly folder: string;
}

/** How an installation is run. */
export interface InstallOptions {
  /** Absolute path of the folder with an engine per folder. */
  readonly enginesDir: string;
  readonly say: (name: string, line: string) => void;
  /** Ends the step that runs. */
  readonly signal?: AbortSignal;
}

/**
 * Makes sure that this machine has what these engines need: to run, and to be installed where they aren't yet.
 *
 * @throws {EngineError} that names everything that is missing.
 */
export async function checkPrerequisites(engines: readonly Engine[], enginesDir: string): Promise<void> {
  const needed = await Promise.all(engines.map((engine) => neededNow(engine, enginesDir)));
  await findAll([...new Set(needed.flat())]);
}

/** What an engine needs on this machine as things are: nothing to install it with when it is installed. */
export async function neededNow(engine: Engine, enginesDir: string): Promise<readonly Prerequisite[]> {
  const { neededToRun, neededToInstall } = engine;
  return await isInstalled(engine, enginesDir) ? neededToRun : [...neededToRun, ...neededToInstall];
}

/**
 * Makes sure that an engine is installed. Where its marker is missing, whatever is in its folder is
 * what an interrupted installation left, and is done again. Two processes that install at once take turns.
 *
 * @returns the engine's folder.
 * @throws {EngineError} where a prerequisite is missing or a step fails.
 */
export async function install(engine: Engine, options: InstallOptions): Promise<string> {
  const folder = `${options.enginesDir}/${engineFolder(engine)}`;
  if (await isInstalled(engine, options.enginesDir)) return folder;
  const commands = await findAll(engine.neededToInstall);
  await Deno.mkdir(options.enginesDir, { recursive: true });
  using lock = await Deno.open(`${folder}.lock`, { create: true, write: true });
  await lock.lock(true);
  if (await isInstalled(engine, options.enginesDir)) return folder;

  const startedAt = performance.now();
  await Deno.remove(folder, { recursive: true }).catch(() => {});
  await Deno.mkdir(folder);
  const { files, steps } = engine.install(folder, (prerequisite) => commands.get(prerequisite)!);
  for (const [name, text] of Object.entries(files)) await Deno.writeTextFile(`${folder}/${name}`, text);
  for (const step of steps) {
    options.say(engine.name, `installing ${engine.title} ${engine.version}: ${step.title}`);
    await runStep(engine, step, folder, options.signal);
  }
  const marker: Marker = { version: engine.version, folder };
  await Deno.writeTextFile(`${folder}/installed.json`, JSON.stringify(marker));
  options.say(engine.name, `installed in ${((performance.now() - startedAt) / 1000).toFixed(1)} s`);
  return folder;
}

/** Whether an engine's installation is complete, in the version that is wanted. */
export async function isInstalled(engine: Engine, enginesDir: string): Promise<boolean> {
  const folder = `${enginesDir}/${engineFolder(engine)}`;
  try {
    const marker: Marker = JSON.parse(await Deno.readTextFile(`${folder}/installed.json`));
    return marker.version === engine.version && marker.folder === folder;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof SyntaxError) return false;
    throw error;
  }
}

async function findAll(prerequisites: readonly Prerequisite[]): Promise<Map<Prerequisite, string>> {
  const found = await Promise.all(prerequisites.map((prerequisite) => find(prerequisite)));
  const problems = found.flatMap((result) => result.ok ? [] : [result.problem]);
  if (problems.length > 0) {
    throw new EngineError(
      `Cannot run the engines here yet:\n${problems.map((text) => `- ${text}`).join("\n")}`,
    );
  }
  return new Map(prerequisites.map((prerequisite, at) => {
    const result = found[at]!;
    return [prerequisite, result.ok ? result.command : ""];
  }));
}

async function runStep(
  engine: Engine,
  step: InstallStep,
  folder: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { success, code, output } = await runToEnd(step.command, step.args, {
    workingDirectory: folder,
    signal,
  });
  if (success) return;
  const lines = output.split("\n").slice(-LAST_LINES);
  throw new EngineError(
    `Cannot install ${engine.title} ${engine.version}: ${step.title} failed with exit code ${code}. ` +
      `It was: ${step.command} ${step.args.join(" ")}\nThe last lines were:\n${lines.join("\n")}`,
  );
}
