import assert from "node:assert/strict";
import { atLeast, find, JAVA, MAVEN, NPM, parseVersion, PYTHON, type Run, VENV } from "./prerequisite.ts";

const prints = (texts: Record<string, string>): Run => (command) => Promise.resolve(texts[command]);

Deno.test("versions are read from what the programs really print, colours and remarks aside", async () => {
  const seen: [typeof JAVA, string, string][] = [
    [JAVA, 'Picked up JAVA_TOOL_OPTIONS: -Xmx2g\nopenjdk version "17.0.15" 2025-04-15', "17.0.15"],
    [JAVA, 'openjdk version "21" 2023-09-19', "21"],
    [MAVEN, "\x1b[1mApache Maven 3.8.7\x1b[m\nMaven home: /usr/share/maven", "3.8.7"],
    [PYTHON, "Python 3.11.7", "3.11.7"],
    [VENV, "venv 3.12", "3.12"],
    [NPM, "11.19.1", "11.19.1"],
  ];
  for (const [prerequisite, printed, version] of seen) {
    const found = await find(prerequisite, () => Promise.resolve(printed));
    assert.deepEqual(found, { ok: true, command: prerequisite.commands[0], version });
  }
});

Deno.test("a missing program is named with what it is for and how to get it", async () => {
  const found = await find(JAVA, prints({}));
  assert.deepEqual(found, {
    ok: false,
    problem: "Java 17 or newer is needed (Apache Kafka runs on it), but none was found. " +
      `To get it: ${JAVA.get}`,
  });
});

Deno.test("a program that is too old is refused with the version that was found", async () => {
  const found = await find(JAVA, prints({ java: 'java version "1.8.0_402"' }));
  assert.ok(!found.ok);
  assert.match(found.problem, /but found 1\.8\.0\./);
});

Deno.test("where the usual Python is too old, a newer one beside it is taken", async () => {
  const found = await find(PYTHON, prints({ python3: "Python 3.9.2", "python3.12": "Python 3.12.1" }));
  assert.deepEqual(found, { ok: true, command: "python3.12", version: "3.12.1" });
});

Deno.test("a Python without venv doesn't have what is needed", async () => {
  const found = await find(VENV, prints({ python3: "ModuleNotFoundError: No module named 'ensurepip'" }));
  assert.ok(!found.ok);
  assert.match(found.problem, /python3-venv/);
});

Deno.test("versions compare part by part, as numbers", () => {
  assert.ok(atLeast(parseVersion("3.11.7"), [3, 11]));
  assert.ok(atLeast(parseVersion("17"), [17, 0, 0]));
  assert.ok(!atLeast(parseVersion("3.9"), [3, 11]));
  assert.ok(atLeast(parseVersion("4.0"), [3, 11]));
});
