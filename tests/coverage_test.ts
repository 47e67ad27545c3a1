import { deepEqual } from "node:assert/strict";
import { coverageByFolder, coverageTable, unloadedSources } from "./coverage.ts";

const section = (path: string, covered: number, lines: number) =>
  `SF:${path}\nFN:1,add\nDA:1,1\nLH:${covered}\nLF:${lines}\nend_of_record\n`;

Deno.test("lines are added up by folder, two levels deep; files elsewhere are left out", () => {
  const lcov = section("/house/shared/core/a.ts", 9, 10) + section("/house/shared/core/deep/b.ts", 1, 10) +
    section("/house/shared/config.ts", 5, 5) + section("/house/tests/run.ts", 1, 9) +
    section("/else/c.ts", 0, 99);
  deepEqual(
    coverageByFolder(lcov, "/house", (path) => !path.startsWith("tests/"), [{ path: "web/a.ts", lines: 3 }]),
    [
      { folder: "shared", covered: 5, lines: 5 },
      { folder: "shared/core", covered: 10, lines: 20 },
      { folder: "web", covered: 0, lines: 3 },
    ],
  );
});

Deno.test("a source that no test loads is found, unless it holds nothing that runs", () => {
  const sources = new Map([
    ["a.ts", "/** What it does. */\nexport function add() {\n  // why\n\n  return 1;\n}\n"],
    ["loaded.ts", "export const one = 1;\n"],
    ["types.ts", "export interface One {\n  readonly one: 1;\n}\nexport type Two = 2;\n"],
    ["mod.ts", 'export * from "./a.ts";\n'],
  ]);
  deepEqual(unloadedSources(section("/house/loaded.ts", 1, 1), "/house", sources), [{
    path: "a.ts",
    lines: 3,
  }]);
});

Deno.test("the table ends with the total, and a share is never rounded up", () => {
  deepEqual(coverageTable([{ folder: "shared", covered: 1_999, lines: 2_000 }]), [
    "shared   99.9 %  1999 of 2000 lines",
    "all      99.9 %  1999 of 2000 lines",
  ]);
});
