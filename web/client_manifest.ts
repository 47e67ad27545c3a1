import { createHash } from "node:crypto";

/** What the client was built to, and from what. Files are named by their content, so they never go stale. */
export interface Manifest {
  readonly script: string;
  readonly style: string;
  /** Chunks that the script needs on every page. */
  readonly preload: readonly string[];
  readonly files: readonly string[];
  /** SHA-256 of every source, by its path from the workspace. */
  readonly inputs: Readonly<Record<string, string>>;
}

/** The root of the workspace, from which sources are named. */
export const WORKSPACE = new URL("../", import.meta.url);
/** Where the built client lies. */
export const CLIENT_DIR = new URL("dist/", import.meta.url);
/** Where its manifest lies. */
export const MANIFEST = new URL("manifest.json", CLIENT_DIR);

/** The manifest of the built client; undefined where there is none, or a source has changed since. */
export async function freshManifest(): Promise<Manifest | undefined> {
  let manifest: Manifest;
  try {
    manifest = JSON.parse(await Deno.readTextFile(MANIFEST));
  } catch {
    return undefined;
  }
  const checks = Object.entries(manifest.inputs).map(async ([path, hash]) => hash === await hashOf(path));
  return (await Promise.all(checks)).every(Boolean) ? manifest : undefined;
}

/** The hash of a source; undefined where it can't be read. */
export async function hashOf(path: string): Promise<string | undefined> {
  try {
    return createHash("sha256").update(await Deno.readFile(new URL(path, WORKSPACE))).digest("hex");
  } catch {
    return undefined;
  }
}
