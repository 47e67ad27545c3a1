import { parseArgs, type ParseArgsConfig } from "node:util";
import { ToldError } from "./told_error.ts";

/** A command line that can't be carried out; the message names what is wrong with it. */
export class UsageError extends ToldError {
  override name = "UsageError";
}

/**
 * Runs what a person started on a command line, and ends the process: with the code that it answers, or with 1 after
 * its error was told. An exit, since a broker that does not answer would hold the process.
 *
 * @param usageCode The exit code of a {@link UsageError}.
 */
export async function runCommand(work: () => Promise<number>, usageCode = 2): Promise<never> {
  Deno.exit(
    await work().catch((error: unknown) => {
      console.error(error instanceof ToldError ? error.message : error);
      return error instanceof UsageError ? usageCode : 1;
    }),
  );
}

/** `parseArgs` of `node:util`. @throws {UsageError} for what the flags do not allow. */
export function parseFlags<const Config extends ParseArgsConfig>(
  config: Config,
): ReturnType<typeof parseArgs<Config>> {
  try {
    return parseArgs(config);
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}
