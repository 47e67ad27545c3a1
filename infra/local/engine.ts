import type { Prerequisite } from "./prerequisite.ts";

/** The three engines, by the protocol that they speak. */
export type EngineName = "kafka" | "mongo" | "clickhouse";

/** A program with its arguments. */
export interface Program {
  readonly command: string;
  readonly args: readonly string[];
}

/** One step of an installation, with the words for its progress line. */
export interface InstallStep extends Program {
  readonly title: string;
}

/** How an engine gets onto a machine. */
export interface Installation {
  /** Files to write first: name -> text. */
  readonly files: Readonly<Record<string, string>>;
  /** What to run, in order, in the engine's folder. */
  readonly steps: readonly InstallStep[];
}

/** Where one running engine has its things. Folders are absolute. */
export interface EnginePlace {
  readonly installDir: string;
  readonly dataDir: string;
  /** The port that clients use. */
  readonly port: number;
  /** A second port, for an engine that talks to itself. */
  readonly innerPort: number;
}

/** An engine that can be installed and run here. It listens on this machine's own address only. */
export interface Engine {
  readonly name: EngineName;
  /** As its makers write it. */
  readonly title: string;
  /** The one version that is installed. */
  readonly version: string;
  readonly neededToInstall: readonly Prerequisite[];
  readonly neededToRun: readonly Prerequisite[];
  /** @param command finds the name under which a prerequisite was found on this machine. */
  install(folder: string, command: (prerequisite: Prerequisite) => string): Installation;
  /** Writes what must be there before the program starts: configuration, an empty store. */
  prepare(place: EnginePlace): Promise<void>;
  program(place: EnginePlace): Program;
  /** The address for its clients. */
  address(port: number): string;
  /** Asks a real question over its protocol. @throws as long as it has no answer. */
  ask(port: number): Promise<void>;
}

/** Name of the folder that an engine is installed in. */
export function engineFolder(engine: Engine): string {
  return `${engine.title.toLowerCase().replaceAll(/\W+/g, "-")}-${engine.version}`;
}
