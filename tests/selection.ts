import { relative, resolve } from "node:path";

/** Which test files to run, and what they need. */
export interface Selection {
  /** Paths relative to the workspace, sorted. */
  readonly files: readonly string[];
  /** The same files in lanes that run side by side: what only computes, and what mostly waits for engines. */
  readonly lanes: readonly (readonly string[])[];
  readonly needsEngines: boolean;
  readonly needsBrowser: boolean;
}

const LEFT_OUT = new Set(["node_modules", "coverage", "dist"]);

/**
 * The test files at or under the paths. A file says by its name what it needs: `*_engine_test.ts` and everything
 * in tests/integration needs engines, and what is in tests/browser a browser as well.
 *
 * @param root The workspace's folder.
 * @param paths Files or folders, relative to the root.
 * @throws {Deno.errors.NotFound} when a path does not exist.
 */
export async function selectTests(
  root: string,
  paths: readonly string[],
  engines: boolean,
): Promise<Selection> {
  const found = new Set<string>();
  for (const path of paths) {
    for await (const file of walk(resolve(root, path))) found.add(relative(root, file));
  }
  const files = [...found].filter((file) => engines || !needsEngines(file)).sort();
  const lanes = [files.filter((file) => !needsEngines(file)), files.filter(needsEngines)];
  return {
    files,
    lanes: lanes.filter(({ length }) => length > 0),
    needsEngines: files.some(needsEngines),
    needsBrowser: files.some(needsBrowser),
  };
}

function needsEngines(file: string): boolean {
  return /_engine_test\.tsx?$/.test(file) || file.startsWith("tests/integration/") || needsBrowser(file);
}

function needsBrowser(file: string): boolean {
  return file.startsWith("tests/browser/");
}

async function* walk(path: string): AsyncIterable<string> {
  if ((await Deno.stat(path)).isFile) {
    yield path;
    return;
  }
  for await (const { name, isDirectory } of Deno.readDir(path)) {
    if (isDirectory ? !LEFT_OUT.has(name) && !name.startsWith(".") : /_test\.tsx?$/.test(name)) {
      yield* walk(`${path}/${name}`);
    }
  }
}
