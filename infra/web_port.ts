import { loadSettings, type Settings } from "@countinghouse/shared/config";
import { ToldError } from "@countinghouse/shared/told_error";
import { isFree, Ports } from "./local/mod.ts";

/** The port that was asked for can't be had. */
export class WebPortError extends ToldError {
  override name = "WebPortError";
}

/**
 * The port of the web server: the one that was set, which must be free; where none was set, the default or the next
 * free one.
 *
 * @throws {WebPortError} where the port that was set is in use.
 */
export function chooseWebPort(settings: Pick<Settings, "port">, wasSet: boolean): number {
  if (!wasSet) return new Ports().next(settings.port);
  if (isFree(settings.port)) return settings.port;
  throw new WebPortError(
    `Cannot serve the dashboard on port ${settings.port}, which PORT or countinghouse.json asks for: it is in use`,
  );
}

/** Whether somebody chose the port: in the environment, or by another value than the default. */
export function webPortWasSet(settings: Pick<Settings, "port">): boolean {
  const defaults = loadSettings({ environment: () => undefined, readText: () => undefined });
  return Deno.env.get("PORT") !== undefined || settings.port !== defaults.port;
}
