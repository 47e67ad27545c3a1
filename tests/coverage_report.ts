import { coverageByFolder, coverageTable, unloadedSources } from "./coverage.ts";

/** Not the product: the tests, the benchmarks, and what a build has made. */
const LEFT_OUT = /_test\.tsx?$|(^|\/)(tests|bench|dist|node_modules|\.[^/]+)\//;

/**
 * Prints the share of lines that the tests ran, per folder. After a run of all tests also the files that none of
 * them has loaded, whose lines count as not run.
 *
 * @param root The workspace's folder.
 * @param rawFolder Where `deno test` and the processes it started left their raw coverage.
 */
export async function printCoverage(root: string, rawFolder: string, allTestsRan: boolean): Promise<void> {
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["coverage", "--lcov", rawFolder],
    cwd: root,
    stderr: "null",
  }).output();
  const lcov = new TextDecoder().decode(stdout);
  const sources = new Map<string, string>();
  for await (const path of walk(root, "")) sources.set(path, await Deno.readTextFile(`${root}/${path}`));
  const unloaded = allTestsRan ? unloadedSources(lcov, root, sources) : [];
  const table = coverageTable(coverageByFolder(lcov, root, (path) => sources.has(path), unloaded));
  console.log(["", "lines covered", ...table].join("\n"));
  for (const { path } of unloaded) console.log(`no test loads ${path}`);
}

async function* walk(root: string, folder: string): AsyncIterable<string> {
  for await (const { name, isDirectory } of Deno.readDir(`${root}/${folder}`)) {
    const path = `${folder}${name}`;
    if (LEFT_OUT.test(isDirectory ? `${path}/` : path)) continue;
    if (isDirectory) yield* walk(root, `${path}/`);
    else if (/(?<!\.d)\.tsx?$/.test(name)) yield path;
  }
}
