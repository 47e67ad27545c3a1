/**
 * The task `doctor`: what is there, and what is missing. It ends with 1 when something that is needed is missing.
 *
 * @module
 */
import { statfs } from "node:fs/promises";
import { resolve } from "node:path";
import { runCommand } from "@countinghouse/shared/command";
import { loadSettings, type Settings } from "@countinghouse/shared/config";
import { withoutPassword } from "./console.ts";
import { directoryBytes, formatBytes } from "./disk.ts";
import { enginesFrom, type EngineSources } from "./engine_source.ts";
import { describe, sourcesNow } from "./engines.ts";
import { type EngineName, ENGINES, find, isFree, isInstalled, neededNow } from "./local/mod.ts";
import { isRunning, readRecord, recordFile, RunLock } from "./supervisor/mod.ts";

/** A line of the report. "missing" is what makes the doctor unhappy. */
export interface Finding {
  readonly state: "ok" | "note" | "missing";
  readonly text: string;
}

/** A part of the report. */
export interface Section {
  readonly title: string;
  readonly findings: readonly Finding[];
}

const MARK = { ok: "✓", note: "·", missing: "✗" } as const;

/** The report as text. */
export function render(sections: readonly Section[]): string {
  return sections.map(({ title, findings }) =>
    [title, ...findings.map(({ state, text }) => `  ${MARK[state]} ${text}`), ""].join("\n")
  ).join("\n");
}

/** Whether nothing that is needed is missing. */
export function isHealthy(sections: readonly Section[]): boolean {
  return sections.every(({ findings }) => findings.every(({ state }) => state !== "missing"));
}

/** Every setting with its value in force, passwords hidden: "rollup.tickMs = 100". */
export function settingLines(tree: Readonly<Record<string, unknown>>, path = ""): string[] {
  return Object.entries(tree).flatMap(([name, value]) => {
    if (typeof value === "object" && value !== null) {
      return settingLines(value as Record<string, unknown>, `${path}${name}.`);
    }
    return [`${path}${name} = ${name.endsWith("Secret") ? "***" : withoutPassword(String(value))}`];
  });
}

async function inspect(settings: Settings): Promise<Section[]> {
  const dataDir = resolve(settings.dataDir);
  const sources = await sourcesNow(settings);
  const local = enginesFrom(sources, "local");
  return [
    { title: "Engines", findings: await inspectEngines(sources, `${dataDir}/engines`) },
    {
      title: "Prerequisites of the local engines",
      findings: await inspectPrerequisites(local, `${dataDir}/engines`),
    },
    { title: "Running", findings: await inspectProcesses(`${dataDir}/run`) },
    { title: "Ports", findings: inspectPorts(settings, local) },
    { title: `Disk (${settings.dataDir})`, findings: await inspectDisk(dataDir) },
    { title: "Settings in force", findings: settingLines(settings).map((text) => ({ state: "note", text })) },
  ];
}

async function inspectEngines(sources: EngineSources, enginesDir: string): Promise<Finding[]> {
  return await Promise.all((Object.keys(sources) as EngineName[]).map(async (name): Promise<Finding> => {
    const text = `${name} ${describe(name, sources)}`;
    if (sources[name].from !== "local") return { state: "ok", text };
    if (await isInstalled(ENGINES[name], enginesDir)) return { state: "ok", text: `${text}, installed` };
    return { state: "note", text: `${text}, not installed yet: the next start does it` };
  }));
}

async function inspectPrerequisites(local: readonly EngineName[], enginesDir: string): Promise<Finding[]> {
  const engines = local.map((name) => ENGINES[name]);
  const every = new Set(
    engines.flatMap(({ neededToRun, neededToInstall }) => [...neededToRun, ...neededToInstall]),
  );
  const now = new Set((await Promise.all(engines.map((engine) => neededNow(engine, enginesDir)))).flat());
  return await Promise.all([...every].map(async (prerequisite): Promise<Finding> => {
    const found = await find(prerequisite);
    if (found.ok) return { state: "ok", text: `${prerequisite.name} ${found.version} (${found.command})` };
    return { state: now.has(prerequisite) ? "missing" : "note", text: found.problem };
  }));
}

async function inspectProcesses(runDir: string): Promise<Finding[]> {
  const held = await RunLock.isHeld(runDir);
  const record = await readRecord(recordFile(runDir));
  if (record === undefined) {
    return [{ state: "note", text: held ? "a stack is starting" : "no stack runs here" }];
  }
  const processes = await Promise.all(record.processes.map(async (entry): Promise<Finding> => {
    const runs = await isRunning(entry);
    return {
      state: runs ? "ok" : "note",
      text: `${entry.name}, process ${entry.pid}${runs ? "" : ", has ended"}`,
    };
  }));
  if (held) return [{ state: "ok", text: `supervisor, process ${record.supervisor.pid}` }, ...processes];
  const note = "the supervisor was killed; the next start stops what it left:";
  return [{ state: "note", text: note }, ...processes];
}

function inspectPorts(settings: Settings, local: readonly EngineName[]): Finding[] {
  const ports: [string, number][] = [
    ["web", settings.port],
    ["collect", settings.collect.port],
    ...local.map((name): [string, number] => [name, settings.enginePorts[name]]),
  ];
  return ports.map(([name, port]) => ({
    state: "note",
    text: `${port} (${name}) is ${isFree(port) ? "free" : "in use"}`,
  }));
}

async function inspectDisk(dataDir: string): Promise<Finding[]> {
  const parts = await Promise.all(["engines", "data", "lake", "logs"].map(async (name): Promise<Finding> => ({
    state: "note",
    text: `${name} ${formatBytes(await directoryBytes(`${dataDir}/${name}`))}`,
  })));
  const { bavail, bsize } = await statfs(resolve("."));
  return [...parts, { state: "note", text: `free ${formatBytes(bavail * bsize)}` }];
}

async function doctor(): Promise<number> {
  const sections = await inspect(loadSettings());
  console.log(render(sections));
  return isHealthy(sections) ? 0 : 1;
}

if (import.meta.main) await runCommand(doctor);
