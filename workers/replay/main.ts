/**
 * `deno task replay`: makes the hot store again from the log or the lake, and the warehouse from the lake.
 *
 * @module
 */
import { runCommand } from "@countinghouse/shared/command";
import { loadSettings } from "@countinghouse/shared/config";
import { loadEndpoints } from "@countinghouse/shared/endpoints";
import { shutdownSignal } from "@countinghouse/shared/shutdown";
import { createLogger } from "@countinghouse/shared/telemetry";
import { FAILED, INTERRUPTED, WELL } from "./exit_code.ts";
import { type Command, HELP, parseCommand } from "./options.ts";
import { rebuildHot } from "./rebuild_hot.ts";
import { rebuildWarehouse } from "./rebuild_warehouse.ts";

async function run(command: Exclude<Command, { do: "help" }>): Promise<number> {
  const settings = loadSettings();
  const endpoints = loadEndpoints(settings);
  const logger = createLogger(settings.logLevel);
  const signal = shutdownSignal();
  try {
    return command.do === "rebuild hot"
      ? await rebuildHot(command, settings, endpoints, logger, signal)
      : await rebuildWarehouse(command, settings, endpoints, logger, signal);
  } catch (error) {
    if (!signal.aborted) throw error;
    console.error("interrupted; what was repaired until then is right, and replaying again is harmless");
    return INTERRUPTED;
  }
}

await runCommand(async () => {
  const command = parseCommand(Deno.args);
  if (command.do !== "help") return await run(command);
  console.log(HELP);
  return WELL;
}, FAILED);
