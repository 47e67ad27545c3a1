import assert from "node:assert/strict";
import { sleep } from "../supervisor/mod.ts";
import type { Engine, InstallStep } from "./engine.ts";
import { checkPrerequisites, EngineError, install, isInstalled } from "./install.ts";
import type { Prerequisite } from "./prerequisite.ts";

const SHELL: Prerequisite = {
  name: "a shell",
  commands: ["sh"],
  versionArgs: ["-c", "echo version 1.0"],
  versionPattern: /version (\d[\d.]*)/,
  least: [1],
  why: "the test needs it",
  get: "install one",
};

/** An engine whose installation is a few shell scripts. */
function engineOf(scripts: readonly string[], needed: readonly Prerequisite[] = [SHELL]): Engine {
  return {
    name: "kafka",
    title: "Toy",
    version: "1.2",
    neededToInstall: needed,
    neededToRun: [],
    install: (_folder, command) => ({
      files: { "settings.txt": "written first" },
      steps: scripts.map((script, at): InstallStep => ({
        title: `step ${at + 1}`,
        command: command(SHELL),
        args: ["-c", script],
      })),
    }),
    prepare: () => Promise.resolve(),
    program: () => ({ command: "sh", args: [] }),
    address: (port) => `${port}`,
    ask: () => Promise.resolve(),
  };
}

/** A folder for engines, and what was said. */
async function withFolder(
  test: (enginesDir: string, said: string[], options: Parameters<typeof install>[1]) => Promise<void>,
): Promise<void> {
  const parent = await Deno.makeTempDir({ prefix: "install-" });
  const said: string[] = [];
  const enginesDir = `${parent}/engines`;
  try {
    await test(enginesDir, said, { enginesDir, say: (name, line) => void said.push(`${name}: ${line}`) });
  } finally {
    await Deno.remove(parent, { recursive: true });
  }
}

const count = async (path: string) => (await Deno.readTextFile(path)).trim().split("\n").length;

Deno.test("an installation runs its steps in order in its own folder, says each, and is done once", () =>
  withFolder(async (enginesDir, said, options) => {
    const engine = engineOf(["cat settings.txt > one", "cat one > two; echo x >> ../runs"]);
    const folder = await install(engine, options);
    assert.equal(folder, `${enginesDir}/toy-1.2`);
    assert.equal(await Deno.readTextFile(`${folder}/two`), "written first");
    assert.deepEqual(said.slice(0, 2), [
      "kafka: installing Toy 1.2: step 1",
      "kafka: installing Toy 1.2: step 2",
    ]);
    assert.match(said[2]!, /^kafka: installed in \d+\.\d s$/);
    await install(engine, options);
    assert.equal(await count(`${enginesDir}/runs`), 1);
    assert.equal(said.length, 3);
  }));

Deno.test("a step that fails is shown with its last words, and the next start does it all again", () =>
  withFolder(async (enginesDir, _said, options) => {
    const failing = engineOf(["touch half", "echo no route to host >&2; exit 7"]);
    await assert.rejects(install(failing, options), (error: Error) => {
      assert.ok(error instanceof EngineError);
      assert.match(error.message, /^Cannot install Toy 1\.2: step 2 failed with exit code 7\./);
      assert.match(error.message, /no route to host/);
      return true;
    });
    assert.equal(await isInstalled(failing, enginesDir), false);
    const folder = await install(engineOf(["test ! -e half"]), options);
    assert.equal(await isInstalled(failing, enginesDir), true);
    await assert.rejects(Deno.stat(`${folder}/half`), Deno.errors.NotFound);
  }));

Deno.test("an installation that is broken off isn't taken for a complete one", () =>
  withFolder(async (enginesDir, _said, options) => {
    const stop = new AbortController();
    const engine = engineOf(["touch started; sleep 300"]);
    const installing = install(engine, { ...options, signal: stop.signal });
    const deadline = performance.now() + 10_000;
    while (!await Deno.stat(`${enginesDir}/toy-1.2/started`).then(() => true, () => false)) {
      assert.ok(performance.now() < deadline, "the step didn't start within 10 s");
      await sleep(10);
    }
    stop.abort();
    await assert.rejects(installing);
    assert.equal(await isInstalled(engine, enginesDir), false);
  }));

Deno.test("two that install at once take turns, and the second finds it done", () =>
  withFolder(async (enginesDir, _said, options) => {
    const engine = engineOf(["sleep 0.05; echo x >> ../runs"]);
    await Promise.all([install(engine, options), install(engine, options)]);
    assert.equal(await count(`${enginesDir}/runs`), 1);
  }));

Deno.test("a folder that was moved counts as not installed: what is in it may hold its old path", () =>
  withFolder(async (enginesDir, _said, options) => {
    const engine = engineOf(["true"]);
    await install(engine, options);
    await Deno.rename(enginesDir, `${enginesDir}-moved`);
    assert.equal(await isInstalled(engine, `${enginesDir}-moved`), false);
  }));

const missing = (name: string): Prerequisite => ({ ...SHELL, name, commands: [`no-such-${name}`] });

Deno.test("without what an installation needs nothing is begun", () =>
  withFolder(async (enginesDir, said, options) => {
    await assert.rejects(install(engineOf(["true"], [missing("abc")]), options), EngineError);
    assert.deepEqual(said, []);
    await assert.rejects(Deno.stat(enginesDir), Deno.errors.NotFound);
  }));

Deno.test("everything that is missing is named at once, each thing once", () =>
  withFolder(async (enginesDir) => {
    const abc = missing("abc");
    const engines = [engineOf([], [abc]), engineOf([], [abc, missing("xyz")])];
    await assert.rejects(checkPrerequisites(engines, enginesDir), (error: Error) => {
      assert.ok(error instanceof EngineError);
      const [title, ...lines] = error.message.split("\n");
      assert.equal(title, "Cannot run the engines here yet:");
      assert.deepEqual(lines.map((line) => line.slice(0, 26)), [
        "- abc 1 or newer is needed",
        "- xyz 1 or newer is needed",
      ]);
      return true;
    });
  }));

Deno.test("what only an installation needs may be missing once it is done", () =>
  withFolder(async (enginesDir, _said, options) => {
    await install(engineOf(["true"]), options);
    await checkPrerequisites([engineOf([], [missing("abc")])], enginesDir);
  }));
