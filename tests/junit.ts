/** What really ran, and how it ended. */
export interface Tally {
  readonly passed: number;
  /** A line for each test that failed. */
  readonly failures: readonly string[];
}

interface Case {
  readonly file: string;
  readonly name: string;
  readonly problem: string | undefined;
}

/**
 * Counts the tests of JUnit reports that `deno test --junit-path` wrote. Nothing is skipped: a test that was
 * ignored or cancelled has failed, and so has a file that the report does not hold, which is what becomes of one
 * that could not be loaded. A test's steps are part of it and not counted.
 *
 * @param report The XML of one or several; empty when none was written.
 * @param files The test files that were asked for, relative to where the tests ran.
 */
export function tally(report: string, files: readonly string[]): Tally {
  const cases = readCases(report);
  const tests = cases.filter((one) => !cases.some((other) => isStepOf(one, other)));
  const ran = new Set(tests.map(({ file }) => file));
  const failures = [
    ...tests.filter(({ problem }) => problem !== undefined).map((test) =>
      `${test.file}: ${test.name}: ${test.problem}`
    ),
    ...files.filter((file) => !ran.has(file)).map((file) => `${file}: did not run`),
  ];
  return { passed: tests.filter(({ problem }) => problem === undefined).length, failures };
}

function readCases(report: string): readonly Case[] {
  const cases: Case[] = [];
  for (const [, suite, body] of report.matchAll(/<testsuite name="([^"]*)"[^>]*>(.*?)<\/testsuite>/gs)) {
    for (const [, name, inside] of body!.matchAll(/<testcase name="([^"]*)"[^>]*>(.*?)<\/testcase>/gs)) {
      cases.push({
        file: unescape(suite!).replace(/^\.\//, ""),
        name: unescape(name!),
        problem: problemOf(inside!),
      });
    }
  }
  return cases;
}

function problemOf(inside: string): string | undefined {
  if (inside.includes("<skipped")) return "ignored";
  const message = /<(?:failure|error) message="([^"]*)"/.exec(inside)?.[1];
  return message === undefined ? undefined : unescape(message).split("\n")[0];
}

function isStepOf(step: Case, test: Case): boolean {
  return step.file === test.file && step.name.startsWith(`${test.name} > `);
}

function unescape(text: string): string {
  const characters: Record<string, string> = { lt: "<", gt: ">", quot: '"', apos: "'", amp: "&" };
  return text.replace(/&(?:#(\d+)|#x([\da-f]+)|(\w+));/gi, (all, decimal, hex, name) => {
    if (decimal) return String.fromCodePoint(Number(decimal));
    return hex ? String.fromCodePoint(parseInt(hex, 16)) : characters[name] ?? all;
  });
}
