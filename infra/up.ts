/**
 * The tasks `dev`, `start` and `stack`: `deno run --allow-all infra/up.ts dev`.
 *
 * @module
 */
import { loadSettings } from "@countinghouse/shared/config";
import { ToldError } from "@countinghouse/shared/told_error";
import { createSay } from "./console.ts";
import { type Mode, runStack } from "./stack.ts";
import { whenLauncherGone } from "./supervisor/mod.ts";

const MODES: readonly string[] = ["dev", "start", "stack"] satisfies Mode[];

async function main(): Promise<number> {
  const [mode = ""] = Deno.args;
  if (!MODES.includes(mode)) {
    console.error(`Cannot start as "${mode}": it must be one of ${MODES.join(", ")}`);
    return 2;
  }
  const say = createSay();
  const stop = new AbortController();
  const stopBecause = (why: string) => {
    if (stop.signal.aborted) return;
    say("supervisor", `${why}: stopping`);
    stop.abort();
  };
  // ^C reaches us twice, from the terminal and through `deno task`; the second one changes nothing.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    Deno.addSignalListener(signal, () => stopBecause(signal));
  }
  const endWatch = await whenLauncherGone(() => stopBecause("the process that started this one is gone"));
  try {
    await runStack({
      mode: mode as Mode,
      settings: loadSettings(),
      say,
      print: console.log,
      signal: stop.signal,
    });
    return 0;
  } catch (error) {
    if (stop.signal.aborted) return 0;
    if (!(error instanceof ToldError)) throw error;
    console.error(`\n${error.message}`);
    return 1;
  } finally {
    endWatch();
  }
}

if (import.meta.main) Deno.exit(await main());
