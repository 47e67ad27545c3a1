import { relative, resolve } from "node:path";

/** Which test files to run, and what they need. */
export interface Selection {
  /** Paths relative to the workspace, sorted. */
  readonly files: readonly string[];
  /**
   * The same files in parts that can run side by side, to be taken in this order: what only computes, all of tests/
   * that needs engines, since it shares one stack's topic, and each other folder that needs engines.
   */
  readonly parts: readonly (readonly string[])[];
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
  return {
    files,
    parts: [...Map.groupBy(files, partOf)].sort(([a], [b]) => a.localeCompare(b)).map(([, part]) => part),
    needsEngines: files.some(needsEngines),
    needsBrowser: files.some(needsBrowser),
  };
}

/** The name of a file's part; parts are taken in the order of their names. */
function partOf(file: string): string {
  if (!needsEngines(file)) return "1";
  const folders = file.split("/").slice(0, -1);
  return folders[0] === "tests" ? "2" : `3 ${folders.slice(0, 2).join("/")}`;
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
