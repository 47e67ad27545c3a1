import { resolve } from "node:path";

/** The workspace's folder. */
export const ROOT = resolve(import.meta.dirname!, "..");

/** What git does not keep, wherever it stands. */
const LEFT_OUT = new Set([".git", ".local", "node_modules", "coverage", "dist"]);

/** A text file of the project. */
export interface TextFile {
  /** Relative to the workspace. */
  readonly path: string;
  readonly text: string;
}

/** Every text file of the project, without what is installed or built. */
export async function textFiles(folder = ""): Promise<readonly TextFile[]> {
  const files: TextFile[] = [];
  for await (const { name, isDirectory } of Deno.readDir(`${ROOT}/${folder}`)) {
    const path = `${folder}${name}`;
    if (LEFT_OUT.has(name)) continue;
    if (isDirectory) files.push(...await textFiles(`${path}/`));
    else if (!/\.(png|jpe?g|webp|ico|woff2|gz|br|parquet)$/.test(name)) {
      files.push({ path, text: await Deno.readTextFile(`${ROOT}/${path}`) });
    }
  }
  return files;
}

/** The TypeScript files among them. */
export function sourcesIn(files: readonly TextFile[]): readonly TextFile[] {
  return files.filter(({ path }) => /\.tsx?$/.test(path));
}

/** What a TypeScript file imports, exports from or loads when it runs, as it names it. */
export function importsOf({ text }: TextFile): readonly string[] {
  const from = /^(?:import|export)\b[^"'`;]*?\bfrom\s*"([^"]+)"/gms;
  const bare = /^import\s*"([^"]+)"/gm;
  const dynamic = /\bimport\(\s*"([^"]+)"/g;
  return [from, bare, dynamic].flatMap((pattern) => [...text.matchAll(pattern)].map(([, name]) => name!));
}

/** A TypeScript file without its comments. */
export function withoutComments(text: string): string {
  return text.replace(/\/\*.*?\*\//gs, "").replace(/(^|\s)\/\/.*$/gm, "");
}

/** A TypeScript file without its comments and what stands in its strings. */
export function codeOnly(text: string): string {
  return withoutComments(text).replace(/"(?:[^"\\\n]|\\.)*"|`(?:[^`\\$]|\\.)*`/g, '""');
}
