import { fileURLToPath } from "node:url";
import { ToldError } from "@countinghouse/shared/told_error";
import type { EngineName } from "../local/mod.ts";
import { runToEnd } from "../supervisor/mod.ts";

const DOCKER_ANSWERS_WITHIN_MS = 3_000;
/** Containers get this long to stop: the workers before them had the rest of ten seconds. */
const STOP_SECONDS = 4;

/** The service of compose.yaml that is each engine. */
const SERVICE: Readonly<Record<EngineName, string>> = {
  kafka: "redpanda",
  mongo: "mongo",
  clickhouse: "clickhouse",
};

/** The variable of compose.yaml that sets each engine's port on this machine. */
const PORT_VARIABLE: Readonly<Record<EngineName, string>> = {
  kafka: "KAFKA_PORT",
  mongo: "MONGO_PORT",
  clickhouse: "CLICKHOUSE_PORT",
};

/** Docker Compose doesn't do what it was asked to; the message has its last words. */
export class ComposeError extends ToldError {
  override name = "ComposeError";
}

/** What is asked of Docker Compose. "erase" removes the data of all engines. */
export type ComposeRequest =
  | { readonly verb: "up" | "stop"; readonly engines: readonly EngineName[] }
  | { readonly verb: "erase" };

/** Whether a Docker daemon answers, and the Compose plugin is there. */
export async function composeAnswers(): Promise<boolean> {
  const answers = await Promise.all([
    succeeds("docker", ["version", "--format", "{{.Server.Version}}"]),
    succeeds("docker", ["compose", "version"]),
  ]);
  return answers.every(Boolean);
}

/** The arguments of `docker` for a request. */
export function composeArguments(request: ComposeRequest): string[] {
  const file = fileURLToPath(import.meta.resolve("./compose.yaml"));
  const compose = ["compose", "--file", file];
  switch (request.verb) {
    case "up":
      return [...compose, "up", "--detach", "--wait", ...request.engines.map((name) => SERVICE[name])];
    case "stop":
      return [
        ...compose,
        "stop",
        "--timeout",
        `${STOP_SECONDS}`,
        ...request.engines.map((name) => SERVICE[name]),
      ];
    case "erase":
      return [...compose, "down", "--volumes"];
  }
}

/** The variables that compose.yaml reads the ports from. */
export function composeEnvironment(
  ports: Readonly<Partial<Record<EngineName, number>>>,
): Record<string, string> {
  const entries = Object.entries(ports) as [EngineName, number][];
  return Object.fromEntries(entries.map(([name, port]) => [PORT_VARIABLE[name], `${port}`]));
}

/** The address of an engine in a container, as clients on this machine use it. */
export function composeAddress(name: EngineName, port: number): string {
  switch (name) {
    case "kafka":
      return `127.0.0.1:${port}`;
    case "mongo":
      // The replica set knows its member by its name in Docker's network, which means nothing out here.
      return `mongodb://127.0.0.1:${port}/?directConnection=true`;
    case "clickhouse":
      return `http://127.0.0.1:${port}`;
  }
}

/** Carries out a request. @throws {ComposeError} when Docker Compose fails. */
export async function compose(
  request: ComposeRequest,
  ports: Readonly<Partial<Record<EngineName, number>>> = {},
  signal?: AbortSignal,
): Promise<void> {
  const { success, code, output } = await runToEnd("docker", composeArguments(request), {
    env: composeEnvironment(ports),
    signal,
  });
  if (success) return;
  throw new ComposeError(
    `Cannot ${request.verb} the engines with Docker Compose, which ended with exit code ${code}:\n${output}`,
  );
}

async function succeeds(command: string, args: readonly string[]): Promise<boolean> {
  try {
    const { success } = await new Deno.Command(command, {
      args: [...args],
      stdin: "null",
      stdout: "null",
      stderr: "null",
      signal: AbortSignal.timeout(DOCKER_ANSWERS_WITHIN_MS),
    }).output();
    return success;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.PermissionDenied) return false;
    throw error;
  }
}
