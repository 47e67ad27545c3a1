import { deepEqual, rejects } from "node:assert/strict";
import { dirname } from "node:path";
import { selectTests } from "./selection.ts";

const FILES = [
  "shared/core/money.ts",
  "shared/core/money_test.ts",
  "shared/core/card_test.tsx",
  "shared/log/kafka_engine_test.ts",
  "tests/browser/dashboard_test.ts",
  "tests/integration/ingest_test.ts",
  "tests/junit_test.ts",
  "node_modules/other/their_test.ts",
  ".local/engines/their_test.ts",
];

async function inWorkspace(use: (root: string) => Promise<void>) {
  const root = await Deno.makeTempDir();
  try {
    for (const file of FILES) {
      await Deno.mkdir(`${root}/${dirname(file)}`, { recursive: true });
      await Deno.writeTextFile(`${root}/${file}`, "");
    }
    await use(root);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

Deno.test("everything: all test files of ours, which need engines and a browser", () =>
  inWorkspace(async (root) => {
    deepEqual(await selectTests(root, ["."], true), {
      files: [
        "shared/core/card_test.tsx",
        "shared/core/money_test.ts",
        "shared/log/kafka_engine_test.ts",
        "tests/browser/dashboard_test.ts",
        "tests/integration/ingest_test.ts",
        "tests/junit_test.ts",
      ],
      parts: [
        ["shared/core/card_test.tsx", "shared/core/money_test.ts", "tests/junit_test.ts"],
        ["tests/browser/dashboard_test.ts", "tests/integration/ingest_test.ts"],
        ["shared/log/kafka_engine_test.ts"],
      ],
      needsEngines: true,
      needsBrowser: true,
    });
  }));

Deno.test("without engines: only what needs nothing", () =>
  inWorkspace(async (root) => {
    deepEqual(await selectTests(root, ["."], false), {
      files: ["shared/core/card_test.tsx", "shared/core/money_test.ts", "tests/junit_test.ts"],
      parts: [["shared/core/card_test.tsx", "shared/core/money_test.ts", "tests/junit_test.ts"]],
      needsEngines: false,
      needsBrowser: false,
    });
  }));

Deno.test("a part: folders and files, each file once", () =>
  inWorkspace(async (root) => {
    const { files, needsEngines, needsBrowser } = await selectTests(root, [
      "shared/log",
      "shared/core/money_test.ts",
      "shared/log/kafka_engine_test.ts",
    ], true);
    deepEqual(files, ["shared/core/money_test.ts", "shared/log/kafka_engine_test.ts"]);
    deepEqual([needsEngines, needsBrowser], [true, false]);
  }));

Deno.test("a path that does not exist is an error, not an empty run", () =>
  inWorkspace(async (root) => {
    await rejects(selectTests(root, ["shared/cores"], true), Deno.errors.NotFound);
  }));
