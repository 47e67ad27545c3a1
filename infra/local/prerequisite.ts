/** A program that must be on the machine already. */
export interface Prerequisite {
  /** What people call it. */
  readonly name: string;
  /** Names it may go by; the first one that is recent enough is taken. */
  readonly commands: readonly string[];
  /** Arguments that make it print its version. */
  readonly versionArgs: readonly string[];
  /** Finds the version, as its first group, in what that prints. */
  readonly versionPattern: RegExp;
  /** The oldest version that will do; empty where any does. */
  readonly least: readonly number[];
  /** What it is needed for. */
  readonly why: string;
  /** How to get it. */
  readonly get: string;
}

export const JAVA: Prerequisite = {
  name: "Java",
  commands: ["java"],
  versionArgs: ["-version"],
  versionPattern: /version "(\d[\d.]*)/,
  least: [17],
  why: "Apache Kafka runs on it",
  get: "install a Java 17 or newer, such as openjdk-17-jre-headless (Debian, Ubuntu) or openjdk (Homebrew)",
};

export const MAVEN: Prerequisite = {
  name: "Maven",
  commands: ["mvn"],
  versionArgs: ["-version"],
  versionPattern: /Apache Maven (\d[\d.]*)/,
  least: [3, 6],
  why: "it downloads Apache Kafka's jars",
  get: "install maven (Debian, Ubuntu, Homebrew)",
};

export const PYTHON: Prerequisite = {
  name: "Python",
  commands: ["python3", "python3.14", "python3.13", "python3.12", "python3.11"],
  versionArgs: ["--version"],
  versionPattern: /Python (\d[\d.]*)/,
  least: [3, 11],
  why: "SecantusDB, which speaks MongoDB's protocol, runs on it",
  get: "install a Python 3.11 or newer: python3 (Debian, Ubuntu) or python (Homebrew)",
};

export const VENV: Prerequisite = {
  name: "Python's venv and pip",
  commands: PYTHON.commands,
  versionArgs: ["-c", "import ensurepip, sys, venv; print('venv', '%d.%d' % sys.version_info[:2])"],
  versionPattern: /venv (\d[\d.]*)/,
  least: PYTHON.least,
  why: "they install SecantusDB in a folder of its own",
  get: "install python3-venv (Debian, Ubuntu); elsewhere Python brings them",
};

export const NPM: Prerequisite = {
  name: "npm",
  commands: ["npm"],
  versionArgs: ["--version"],
  versionPattern: /^(\d+\.\d+\.\d+)/m,
  least: [8],
  why: "it downloads ClickHouse's engine, chDB",
  get: "install a Node.js 18 or newer, which brings it: nodejs and npm (Debian, Ubuntu) or node (Homebrew)",
};

/** What was found of a prerequisite. */
export type Found =
  | { readonly ok: true; readonly command: string; readonly version: string }
  | { readonly ok: false; readonly problem: string };

/** Runs a program to its end; undefined where there is none of that name. */
export type Run = (command: string, args: readonly string[]) => Promise<string | undefined>;

/** Looks for a prerequisite on this machine. */
export async function find(prerequisite: Prerequisite, run: Run = runAndRead): Promise<Found> {
  const { name, commands, versionArgs, versionPattern, least, why, get } = prerequisite;
  const tooOld: string[] = [];
  for (const command of commands) {
    const version = versionPattern.exec(plain(await run(command, versionArgs) ?? ""))?.[1];
    if (version === undefined) continue;
    if (atLeast(parseVersion(version), least)) return { ok: true, command, version };
    tooOld.push(version);
  }
  const needed = least.length === 0 ? name : `${name} ${least.join(".")} or newer`;
  const instead = tooOld.length === 0 ? "none was found" : `found ${tooOld.join(", ")}`;
  return { ok: false, problem: `${needed} is needed (${why}), but ${instead}. To get it: ${get}` };
}

/** "17.0.15" -> [17, 0, 15]. */
export function parseVersion(text: string): readonly number[] {
  return text.split(".").filter((part) => part !== "").map(Number);
}

/** Whether a version isn't older than another one; a missing part counts as 0. */
export function atLeast(version: readonly number[], least: readonly number[]): boolean {
  for (let part = 0; part < Math.max(version.length, least.length); part++) {
    const difference = (version[part] ?? 0) - (least[part] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return true;
}

/** Without the colours that some programs print even into a pipe. */
function plain(text: string): string {
  // deno-lint-ignore no-control-regex -- a colour code begins with one
  return text.replaceAll(/\x1b\[[\d;]*m/g, "");
}

async function runAndRead(command: string, args: readonly string[]): Promise<string | undefined> {
  try {
    const { stdout, stderr } = await new Deno.Command(command, { args: [...args], stdin: "null" }).output();
    const decoder = new TextDecoder();
    return `${decoder.decode(stdout)}\n${decoder.decode(stderr)}`;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.PermissionDenied) {
      return undefined;
    }
    throw error;
  }
}
