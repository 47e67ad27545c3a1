import { z } from "zod";
import type { Logger } from "@countinghouse/shared/telemetry";
import { ToldError } from "@countinghouse/shared/told_error";
import { KeyRing, type KeyStore, type StoredKey, storedKeySchema } from "./write_key.ts";

const fileSchema = z.strictObject({ write_keys: z.array(storedKeySchema) });

/** A change of the file is seen after so long at the latest. */
const LOOK_EVERY_MS = 1_000;

/** The file with the keys can't be read; the message says why. */
export class KeyFileError extends ToldError {
  override name = "KeyFileError";
}

/**
 * Reads the keys of a file; none where there is no file.
 *
 * @throws {KeyFileError} for a file that has something else in it.
 */
export async function readKeyFile(path: string): Promise<StoredKey[]> {
  let text: string;
  try {
    text = await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
  try {
    return fileSchema.parse(JSON.parse(text)).write_keys;
  } catch (error) {
    const reason = error instanceof z.ZodError ? z.prettifyError(error) : (error as Error).message;
    throw new KeyFileError(`Cannot read ${path} as write keys: ${reason}`);
  }
}

/** Replaces the file as a whole, readable by its owner only. */
export async function writeKeyFile(path: string, keys: readonly StoredKey[]): Promise<void> {
  const text = JSON.stringify({ write_keys: keys }, null, 2);
  await Deno.writeTextFile(`${path}.new`, `${text}\n`, { mode: 0o600 });
  await Deno.rename(`${path}.new`, path);
}

/**
 * The keys of a file, which is looked at again every second, so that a new key works and a revoked one stops without
 * a restart. When it can't be read any more, the keys that it had stay in force.
 *
 * @throws {KeyFileError} for a file that has something else in it.
 */
export async function openKeyFile(path: string, logger: Logger, now: () => number): Promise<KeyStore> {
  let ring = new KeyRing(await readKeyFile(path));
  let lookedMs = now();
  return {
    async ring() {
      if (now() - lookedMs < LOOK_EVERY_MS) return ring;
      lookedMs = now();
      try {
        const read = new KeyRing(await readKeyFile(path));
        // A file that went away is a mistake, not leave for everybody.
        if (!read.isEmpty || ring.isEmpty) ring = read;
      } catch (error) {
        logger.warn("The write keys stay as they were", { reason: (error as Error).message });
      }
      return ring;
    },
  };
}
