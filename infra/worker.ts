import { fileURLToPath } from "node:url";
import type { Settings } from "@countinghouse/shared/config";
import type { Endpoints } from "@countinghouse/shared/endpoints";
import type { EngineName } from "./local/mod.ts";
import type { ProcessSpec } from "./supervisor/mod.ts";

/** A member of the workspace that runs as a process of its own. */
export interface Worker {
  readonly name: string;
  /** Its program, from the root of the workspace. */
  readonly script: string;
  readonly args: readonly string[];
  /** How many run side by side. */
  readonly copies: number;
  /** The engines that it talks to. */
  readonly peers: readonly EngineName[];
  /** Whether what it says is shown, not only written down. */
  readonly echo: boolean;
  /** Where it listens: "127.0.0.1:8001". */
  readonly listens?: string;
  /** What it may read, where that is not all said in its own deno.json; paths from the root of the workspace. */
  readonly reads?: readonly string[];
  /** What it does with the lake; its folder, or the bucket's service, is then open to it. */
  readonly lake?: "reads" | "writes";
  /** Variables on top of those that all workers have. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Events a second of the shop that `dev` shows, and how many minutes of its past it begins with. */
const DEV_RATE = 20;
const DEV_HISTORY_MINUTES = 60;

/** The workers that every stack has. */
export function workers(
  { rollup, warehouse, lake }: Pick<Settings, "rollup" | "warehouse" | "lake">,
): Worker[] {
  return [
    {
      name: "rollup",
      script: "workers/rollup/main.ts",
      args: [],
      copies: rollup.parallelism,
      peers: ["kafka", "mongo"],
      echo: true,
    },
    {
      name: "warehouse",
      script: "workers/warehouse/main.ts",
      args: [],
      copies: warehouse.parallelism,
      peers: ["kafka", "mongo", "clickhouse"],
      echo: true,
    },
    {
      name: "lake",
      script: "workers/lake/main.ts",
      args: [],
      copies: lake.parallelism,
      peers: ["kafka", "mongo"],
      echo: true,
      reads: ["countinghouse.json", "node_modules"],
      lake: "writes",
    },
    {
      name: "reconcile",
      script: "workers/reconcile/main.ts",
      args: [],
      copies: 1,
      peers: ["mongo", "clickhouse"],
      echo: true,
      reads: ["countinghouse.json", "node_modules"],
      lake: "reads",
    },
  ];
}

/** The server of dashboard and API. */
export const WEB: Worker = {
  name: "web",
  script: "web/main.ts",
  args: [],
  copies: 1,
  peers: ["kafka", "mongo", "clickhouse"],
  echo: true,
  lake: "reads",
};

/** The collector, on a port of its own, with the files that it reads: keys, and secrets where the environment names some. */
export function collector(
  { collect }: Pick<Settings, "collect">,
  port: number,
  reads: readonly string[],
): Worker {
  return {
    name: "collect",
    script: "workers/collect/main.ts",
    args: [],
    copies: 1,
    peers: ["kafka"],
    echo: true,
    listens: `${collect.host}:${port}`,
    reads: ["countinghouse.json", ...reads],
    env: { COLLECT_PORT: `${port}` },
  };
}

/** The shop that `dev` looks at. It reports every second, so its words go to its log file only. */
export const SHOP: Worker = {
  name: "simulate",
  script: "workers/simulate/main.ts",
  args: ["--rate", `${DEV_RATE}`, "--history", `${DEV_HISTORY_MINUTES}`],
  copies: 1,
  peers: ["kafka"],
  echo: false,
};

/** What all workers of one stack have in common. */
export interface WorkerSurroundings {
  /** Root of the workspace, absolute. */
  readonly root: string;
  /** Absolute. */
  readonly dataDir: string;
  readonly endpoints: Endpoints;
  readonly webPort: number;
  readonly logLevel: string;
  /**
   * Engines whose address is all there is to them, because this stack started them: a worker may then talk to its
   * peers only. An engine that runs elsewhere may send its clients on to other hosts.
   */
  readonly ownEngines: ReadonlySet<EngineName>;
}

/** The processes of a worker: its permissions are those in its own deno.json, with the network narrowed to its peers. */
export function processesOf(worker: Worker, surroundings: WorkerSurroundings): ProcessSpec[] {
  const { root, dataDir } = surroundings;
  const spec = (name: string): ProcessSpec => ({
    name,
    command: Deno.execPath(),
    args: [
      "run",
      "--quiet",
      "--no-prompt",
      "--permission-set",
      ...networkFlags(worker, surroundings),
      ...fileFlags(worker, surroundings),
      worker.script,
      ...worker.args,
    ],
    // Under its name a worker that is started again has its partitions back at once.
    env: { ...environment(surroundings), ...worker.env, WORKER_NAME: name },
    workingDirectory: root,
    logFile: `${dataDir}/logs/${name}.log`,
    echo: worker.echo,
  });
  if (worker.copies === 1) return [spec(worker.name)];
  return Array.from({ length: worker.copies }, (_, at) => spec(`${worker.name}-${at + 1}`));
}

/** The settings of a stack in the words of the environment, by which every process that it starts finds the rest. */
function environment({ dataDir, endpoints, webPort, logLevel }: WorkerSurroundings): Record<string, string> {
  return {
    KAFKA_BOOTSTRAP_SERVERS: endpoints.kafkaBootstrapServers,
    MONGO_URI: endpoints.mongoUri,
    CLICKHOUSE_URL: endpoints.clickhouseUrl,
    LAKE_URL: endpoints.lakeUrl,
    DATA_DIR: dataDir,
    PORT: `${webPort}`,
    LOG_LEVEL: logLevel,
  };
}

function networkFlags(worker: Worker, { endpoints, webPort, ownEngines }: WorkerSurroundings): string[] {
  // A bucket's service is elsewhere.
  if (worker.lake !== undefined && lakeFolder(endpoints) === undefined) return [];
  if (!worker.peers.every((peer) => ownEngines.has(peer))) return [];
  const hosts = worker.peers.map((peer) => hostOf(peer, endpoints));
  if (worker.name === WEB.name) hosts.push(`127.0.0.1:${webPort}`);
  if (worker.listens !== undefined) hosts.push(worker.listens);
  return [`--allow-net=${hosts.join(",")}`];
}

function fileFlags({ reads, lake }: Worker, { endpoints }: WorkerSurroundings): string[] {
  const folder = lake === undefined ? undefined : lakeFolder(endpoints);
  const lakeFolders = folder === undefined ? [] : [folder];
  return [
    ...(reads === undefined ? [] : [`--allow-read=${[...reads, ...lakeFolders].join(",")}`]),
    ...(lake === "writes" && folder !== undefined ? [`--allow-write=${folder}`] : []),
  ];
}

/** The lake's folder; undefined where it is a bucket. */
function lakeFolder({ lakeUrl }: Endpoints): string | undefined {
  if (/^s3:/i.test(lakeUrl)) return undefined;
  return /^file:/i.test(lakeUrl) ? fileURLToPath(lakeUrl) : lakeUrl;
}

function hostOf(engine: EngineName, endpoints: Endpoints): string {
  switch (engine) {
    case "kafka":
      return endpoints.kafkaBootstrapServers;
    case "mongo":
      return new URL(endpoints.mongoUri).host;
    case "clickhouse":
      return new URL(endpoints.clickhouseUrl).host;
  }
}
