/**
 * The task `reset`: erases the data of the local stack and keeps the installed engines.
 *
 * @module
 */
import { resolve } from "node:path";
import { runCommand } from "@countinghouse/shared/command";
import { loadSettings, type Settings } from "@countinghouse/shared/config";
import { ToldError } from "@countinghouse/shared/told_error";
import { compose } from "./compose/compose.ts";
import { enginesFrom } from "./engine_source.ts";
import { sourcesNow } from "./engines.ts";
import { readRecord, recordFile, RunLock, stopLeftovers } from "./supervisor/mod.ts";

/** What a stack writes into its folder, by name, so that nothing else that may be there is ever erased. */
const ERASED = ["data", "lake", "logs"];

/** A stack is running on the data that should be erased. */
export class StackRunsError extends ToldError {
  override name = "StackRunsError";
}

/**
 * Erases what a stack wrote into its folder.
 *
 * @param dataDir absolute.
 * @returns the names of the folders that were erased.
 * @throws {StackRunsError} where one is running there; nothing is erased then.
 */
export async function eraseData(dataDir: string): Promise<string[]> {
  const runDir = `${dataDir}/run`;
  // Where no stack has ever run, a folder named "data" is somebody else's.
  if (!await exists(`${runDir}/lock`)) return [];
  using lock = await RunLock.take(runDir) ?? null;
  if (lock === null) {
    throw new StackRunsError(`Cannot erase the data in ${dataDir}: a stack is running on it. Stop it first`);
  }
  const record = await readRecord(recordFile(runDir));
  if (record !== undefined) {
    await stopLeftovers(record);
    await Deno.remove(recordFile(runDir));
  }
  const erased: string[] = [];
  for (const name of ERASED) {
    try {
      await Deno.remove(`${dataDir}/${name}`, { recursive: true });
      erased.push(name);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
  return erased;
}

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, (error) => {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  });
}

async function reset(settings: Settings): Promise<number> {
  const dataDir = resolve(settings.dataDir);
  const erased = await eraseData(dataDir);
  console.log(
    erased.length === 0 ? `Nothing to erase in ${dataDir}.` : `Erased ${erased.join(", ")} in ${dataDir}.`,
  );
  const sources = await sourcesNow(settings);
  if (enginesFrom(sources, "compose").length > 0) {
    await compose({ verb: "erase" });
    console.log("Erased the volumes of the containers.");
  }
  for (const name of enginesFrom(sources, "settings")) {
    console.log(`Left alone: ${name}, which runs elsewhere at the address in the settings.`);
  }
  if (settings.lakeUrl !== undefined) console.log(`Left alone: the lake at ${settings.lakeUrl}.`);
  return 0;
}

if (import.meta.main) await runCommand(() => reset(loadSettings()));
