import { fileURLToPath } from "node:url";
import { FolderStore } from "./folder_store.ts";
import { LakeLog, type LakeLogOptions } from "./lake_log.ts";
import { readS3Access, S3Store } from "./s3_store.ts";
import type { ObjectStore } from "./object_store.ts";

/** The lake: a log of commits, and the files that it names. */
export type Lake = LakeLog;

const DEFAULTS: LakeLogOptions = { nowMs: Date.now, checkpointCommits: 200, orphanMs: 3_600_000 };

/**
 * Opens a lake. Nothing is read before it is asked for something, and nothing has to be there.
 *
 * @param address a folder, a file URL, or `s3://bucket/prefix`.
 * @param environment where the credentials for S3 come from; see {@link readS3Access}.
 * @throws {TypeError} when the address is of another kind, or credentials are missing.
 */
export function openLake(
  address: string,
  environment: (name: string) => string | undefined = (name) => Deno.env.get(name),
): Lake {
  return new LakeLog(openStore(address, environment), DEFAULTS);
}

/** As {@link openLake}, in a store of one's own choice; for tests. */
export function lakeIn(store: ObjectStore, options: Partial<LakeLogOptions> = {}): Lake {
  return new LakeLog(store, { ...DEFAULTS, ...options });
}

function openStore(address: string, environment: (name: string) => string | undefined): ObjectStore {
  if (/^s3:/i.test(address)) return new S3Store(address, readS3Access(environment));
  if (/^file:/i.test(address)) return new FolderStore(fileURLToPath(address));
  if (/^[a-z][a-z0-9+.-]+:\/\//i.test(address)) {
    throw new TypeError(
      `Cannot open the lake at ${address}: it must be a folder, a file URL or s3://bucket/prefix`,
    );
  }
  return new FolderStore(address);
}
