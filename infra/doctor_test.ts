import assert from "node:assert/strict";
import { isHealthy, render, type Section, settingLines } from "./doctor.ts";

const sections: Section[] = [
  { title: "Prerequisites", findings: [{ state: "ok", text: "Java 17.0.15 (java)" }] },
  { title: "Ports", findings: [{ state: "note", text: "8000 (web) is free" }] },
];

Deno.test("the report has a line per finding, marked by its state", () => {
  assert.equal(
    render(sections),
    "Prerequisites\n  ✓ Java 17.0.15 (java)\n\nPorts\n  · 8000 (web) is free\n",
  );
});

Deno.test("one thing missing is enough for a bad report, a remark isn't", () => {
  assert.equal(isHealthy(sections), true);
  const withoutMaven: Section = {
    title: "Prerequisites",
    findings: [{ state: "missing", text: "no Maven" }],
  };
  assert.equal(isHealthy([...sections, withoutMaven]), false);
});

Deno.test("every setting is shown by its path, and no password is", () => {
  assert.deepEqual(settingLines({ port: 8000, mongoUri: "mongodb://a:b@c/", rollup: { tickMs: 100 } }), [
    "port = 8000",
    "mongoUri = mongodb://a:***@c/",
    "rollup.tickMs = 100",
  ]);
});
