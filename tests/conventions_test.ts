import { deepEqual, ok } from "node:assert/strict";
import {
  codeOnly,
  importsOf,
  ROOT,
  sourcesIn,
  type TextFile,
  textFiles,
  withoutComments,
} from "./workspace_files.ts";

const files = await textFiles();
const sources = sourcesIn(files);
const workspace = JSON.parse(await Deno.readTextFile(`${ROOT}/deno.json`)) as {
  readonly workspace: readonly string[];
  readonly imports: Readonly<Record<string, string>>;
};
const members = workspace.workspace.map((member) => member.replace(/^\.\//, ""));
const isTest = ({ path }: TextFile) => /_(test|fixture)\.tsx?$/.test(path);

/** The lines that match a pattern, as "path:line: match"; this file, which names what it forbids, is left out. */
function matches(among: readonly TextFile[], pattern: RegExp, view = (text: string) => text): string[] {
  return among.filter(({ path }) => path !== "tests/conventions_test.ts").flatMap(({ path, text }) =>
    view(text).split("\n").flatMap((line, at) => {
      const found = pattern.exec(line);
      return found === null ? [] : [`${path}:${at + 1}: ${found[0].trim()}`];
    })
  );
}

Deno.test("every room of the house has a README.md", () => {
  const rooms = [...members, "infra/local", "infra/compose"];
  const paths = new Set(files.map(({ path }) => path));
  deepEqual(
    ["README.md", ...rooms.map((room) => `${room}/README.md`)].filter((path) => !paths.has(path)),
    [],
  );
});

Deno.test("shared/core imports nothing but itself", () => {
  const core = sources.filter((file) => file.path.startsWith("shared/core/") && !isTest(file));
  ok(core.length > 0);
  const foreign = core.flatMap((file) =>
    importsOf(file).filter((name) => !name.startsWith("./")).map((name) => `${file.path}: ${name}`)
  );
  deepEqual(foreign, []);
});

Deno.test("shared/core reads no clock, no random number and no network", () => {
  const core = sources.filter((file) => file.path.startsWith("shared/core/") && !isTest(file));
  const impure = new RegExp(
    "\\b(Deno|process|performance|crypto|globalThis|localStorage)\\.|\\bDate\\.now\\b|\\bnew Date\\(\\)|" +
      "\\bMath\\.random\\b|\\b(fetch|setTimeout|setInterval|queueMicrotask)\\(|\\bconsole\\.",
  );
  deepEqual(matches(core, impure, withoutComments), []);
});

Deno.test("the recount shares no code with the product", () => {
  const independent = [
    "oracle",
    "exact_money",
    "recount_file",
    "recount_event",
    "refused_lines",
    "seeded_random",
  ];
  for (const name of independent) {
    const file = sources.find(({ path }) => path === `tests/${name}.ts`);
    ok(file, `no tests/${name}.ts`);
    const foreign = importsOf(file).filter((from) => !independent.includes(from.slice(2, -3)));
    deepEqual(foreign, [], `${file.path} imports ${foreign}`);
  }
});

Deno.test("no `any`, and no lint rule is switched off without a reason", () => {
  deepEqual(matches(sources, /[:<|&,(]\s*any\b(?!\w|\s*:)|\bas any\b|\bany\[\]/, codeOnly), []);
  deepEqual(matches(sources, /deno-lint-ignore[\w-]*(?!.*--\s*\w+ \w+).*$/), []);
  deepEqual(matches(sources, /@ts-(ignore|nocheck|expect-error)/), []);
});

Deno.test("nothing is left to do later", () => {
  deepEqual(matches(files, /\b(TODO|FIXME|HACK)\b/), []);
});

Deno.test("no package registry's host, and no path of somebody's machine", () => {
  const registry =
    /\b(registry\.npmjs\.org|pypi\.org|repo1?\.maven\.(org|apache\.org)|proxy\.golang\.org|jsr\.io)\b/;
  deepEqual(matches(files, registry), []);
  deepEqual(matches(files, /(?<![\w.}\])*/-])\/(tmp|work|root|home|Users)\/\w/), []);
});

Deno.test("a file holds one idea: none over 300 lines, nine in ten under 200", () => {
  const lengths = sources.filter(({ path }) => !path.startsWith("tests/data/"))
    .map(({ path, text }) => ({ path, lines: text.split("\n").length - 1 }));
  deepEqual(lengths.filter(({ lines }) => lines > 300), []);
  const long = lengths.filter(({ lines }) => lines > 200);
  ok(long.length <= lengths.length / 10, `too many over 200 lines: ${long.map(({ path }) => path)}`);
});

Deno.test("file names are snake_case", () => {
  const odd = sources.map(({ path }) => path).filter((path) =>
    !/^[a-z0-9_]+(\.d)?\.tsx?$/.test(path.split("/").at(-1)!)
  );
  deepEqual(odd, []);
});

Deno.test("every dependency is pinned once, in the root deno.json", () => {
  for (const [name, target] of Object.entries(workspace.imports)) {
    ok(
      /^npm:\/?(@[\w-]+\/)?[\w.-]+@\d+\.\d+\.\d+[\w.-]*\/?$/.test(target),
      `${name} is not pinned: ${target}`,
    );
  }
  const own = files.filter(({ path }) => path.endsWith("/deno.json") && members.includes(path.slice(0, -10)))
    .filter(({ text }) => "imports" in JSON.parse(text));
  deepEqual(own.map(({ path }) => path), []);
});

Deno.test("members import only what is pinned, each other, node: and their own files", () => {
  const pinned = Object.keys(workspace.imports);
  const isKnown = (name: string) =>
    /^(\.{1,2}\/|node:|@countinghouse\/)/.test(name) ||
    pinned.some((pin) => name === pin || name.startsWith(pin.endsWith("/") ? pin : `${pin}/`));
  const unknown = sources.flatMap((file) =>
    importsOf(file).filter((name) => !isKnown(name)).map((name) => `${file.path}: ${name}`)
  );
  deepEqual(unknown, []);
});

Deno.test("what crosses members goes through their names, not through ../", () => {
  const memberOf = (path: string) =>
    members.filter((member) => path.startsWith(`${member}/`)).sort((a, b) => b.length - a.length)[0];
  const crossing = sources.filter((file) => !isTest(file)).flatMap((file) =>
    importsOf(file).filter((name) => name.startsWith("../")).filter((name) => {
      const target = new URL(name, `file:///${file.path}`).pathname.slice(1);
      return memberOf(target) !== memberOf(file.path);
    }).map((name) => `${file.path}: ${name}`)
  );
  deepEqual(crossing, []);
});
