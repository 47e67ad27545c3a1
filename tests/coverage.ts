/** How many lines of a folder the tests ran. */
export interface FolderCoverage {
  readonly folder: string;
  readonly covered: number;
  readonly lines: number;
}

/** A source file that is in no coverage report because no test has loaded it. */
export interface UnloadedSource {
  readonly path: string;
  readonly lines: number;
}

/**
 * Adds up an LCOV report by folder, two levels deep, sorted by name.
 *
 * @param lcov What `deno coverage --lcov` prints.
 * @param root The workspace's folder.
 * @param counts Whether a file, by its path from the root, counts.
 * @param unloaded Files to count with no line run.
 */
export function coverageByFolder(
  lcov: string,
  root: string,
  counts: (path: string) => boolean,
  unloaded: readonly UnloadedSource[],
): readonly FolderCoverage[] {
  const folders = new Map<string, { covered: number; lines: number }>();
  const loaded = sections(lcov, root).filter(({ path }) => counts(path));
  for (
    const { path, covered, lines } of [...loaded, ...unloaded.map((source) => ({ ...source, covered: 0 }))]
  ) {
    const folder = path.split("/").slice(0, -1).slice(0, 2).join("/");
    const totals = folders.get(folder) ?? { covered: 0, lines: 0 };
    folders.set(folder, { covered: totals.covered + covered, lines: totals.lines + lines });
  }
  return [...folders].map(([folder, totals]) => ({ folder, ...totals }))
    .sort((a, b) => a.folder < b.folder ? -1 : 1);
}

/**
 * The sources that an LCOV report does not mention, other than those that hold nothing that runs: types only, or
 * nothing but `export ... from`.
 *
 * @param sources Path from the root -> text.
 */
export function unloadedSources(
  lcov: string,
  root: string,
  sources: ReadonlyMap<string, string>,
): readonly UnloadedSource[] {
  const loaded = new Set(sections(lcov, root).map(({ path }) => path));
  return [...sources].filter(([path, text]) => !loaded.has(path) && RUNS.test(text))
    .map(([path, text]) => ({ path, lines: text.split("\n").filter((line) => CODE.test(line)).length }))
    .sort((a, b) => a.path < b.path ? -1 : 1);
}

/** The coverage as lines of a table, with the total last. */
export function coverageTable(folders: readonly FolderCoverage[]): readonly string[] {
  const sum = (name: "covered" | "lines") => folders.reduce((total, folder) => total + folder[name], 0);
  const total = { folder: "all", covered: sum("covered"), lines: sum("lines") };
  const width = Math.max(...[...folders, total].map(({ folder }) => folder.length));
  return [...folders, total].map(({ folder, covered, lines }) => {
    const percent = lines === 0 ? 100 : Math.floor(covered / lines * 1_000) / 10;
    return `${folder.padEnd(width)}  ${percent.toFixed(1).padStart(5)} %  ${covered} of ${lines} lines`;
  });
}

/** A line at the margin that does something when the file is loaded. */
const RUNS =
  /^(?:export )?(?:default )?(?:abstract )?(?:async )?(?:function|class|const|let|if|for|await|Deno)\b/m;
/** A line that is neither blank nor a comment. */
const CODE = /^\s*(?!\/\/|\/?\*)\S/;

function sections(lcov: string, root: string) {
  return [...lcov.matchAll(/^SF:([^\n]*)$(.*?)^end_of_record$/gms)]
    .filter(([, path]) => path!.startsWith(`${root}/`))
    .map(([, path, section]) => ({
      path: path!.slice(root.length + 1),
      covered: Number(/^LH:(\d+)$/m.exec(section!)?.[1] ?? 0),
      lines: Number(/^LF:(\d+)$/m.exec(section!)?.[1] ?? 0),
    }));
}
