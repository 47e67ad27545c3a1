import { z } from "zod";
import { ToldError } from "./told_error.ts";

/** The environment has numbers as text. What is neither stays what it is and is refused, so null is not 0. */
const numberOf = (value: unknown) =>
  typeof value === "string" && /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : value;
const number = (schema: z.ZodType<number>, fallback: number) =>
  z.preprocess(numberOf, schema.default(fallback));
const milliseconds = (fallback: number, least = 0) => number(z.number().int().min(least), fallback);
const count = (fallback: number, most = 1_000_000) => number(z.number().int().min(1).max(most), fallback);
const portNumber = (fallback: number) => number(z.number().int().min(1).max(65_535), fallback);
/** The environment has a list as one text, its parts separated by commas. */
const list = (fallback: readonly string[]) =>
  z.preprocess(
    (value) => typeof value === "string" ? value.split(",").map((part) => part.trim()) : value,
    z.array(z.string().min(1)).min(1).default([...fallback]),
  );
const secret = () => z.string().min(16, "must have at least 16 characters").optional();
const group = <Shape extends z.ZodRawShape>(shape: Shape) => z.strictObject(shape).prefault({} as never);

/**
 * Every setting with its default. `countinghouse.json` has this shape; {@link ENVIRONMENT} names the variables
 * that override it. Times are milliseconds.
 */
const settingsSchema = z.strictObject({
  /** Where data, installed engines and log files of the local stack live. */
  dataDir: z.string().min(1).default(".local"),
  logLevel: z.enum(["debug", "info", "warn", "error"]).default("info"),
  /** Who a worker is among those of its kind; one that comes back under its name goes on with its work at once. */
  workerName: z.string().min(1).optional(),
  /** The port of the web server. */
  port: portNumber(8000),
  /** The address that the web server listens on: this machine's own, or 0.0.0.0 in a container. */
  webHost: z.string().min(1).default("127.0.0.1"),
  /** Addresses of engines that run elsewhere; where one is missing, the local stack starts its own. */
  kafkaBootstrapServers: z.string().min(1).optional(),
  mongoUri: z.string().min(1).optional(),
  clickhouseUrl: z.url().optional(),
  /** A folder or s3://bucket/prefix. */
  lakeUrl: z.string().min(1).optional(),
  /** The currency that a store's revenue is shown in; by default the one of its first money event. */
  reportingCurrency: z.string().regex(/^[A-Z]{3}$/, "must be three capital letters, as in ISO 4217")
    .optional(),
  topics: group({
    events: z.string().min(1).default("events"),
    deadLetters: z.string().min(1).default("events.dead-letter"),
    partitions: count(4, 1_024),
    retentionMs: milliseconds(7 * 86_400_000),
  }),
  rollup: group({
    windowMs: number(z.literal(60_000), 60_000),
    allowedLatenessMs: milliseconds(10 * 60_000),
    /** An event stamped further ahead of its append time than this is counted at its append time. */
    maxSkewMs: milliseconds(5 * 60_000),
    sessionTimeoutMs: milliseconds(30 * 60_000, 1_000),
    /** How long an event_id is remembered, in append time. */
    dedupHorizonMs: milliseconds(60 * 60_000, 1_000),
    /** How many ids a partition remembers at most; the oldest go first. */
    dedupMaxIds: count(4_000_000, 100_000_000),
    tickMs: milliseconds(100, 10),
    checkpointIntervalMs: milliseconds(30_000, 100),
    /** A snapshot of a partition comes earlier after so many records, as far as the store has room for it. */
    checkpointRecords: count(5_000),
    parallelism: count(1, 64),
    /** How long a worker that gives no sign of life keeps its partitions. */
    leaseMs: milliseconds(3_000, 300),
    /** How long the last write and snapshot of a partition that goes to another worker may take. */
    drainMs: milliseconds(4_000),
    hotRetentionMs: milliseconds(7 * 86_400_000, 3_600_000),
  }),
  warehouse: group({
    batchRows: count(50_000),
    batchAgeMs: milliseconds(500, 10),
    parallelism: count(1, 64),
    /** How long after their append events are kept; for ever where left out. */
    retentionMs: z.preprocess(numberOf, z.number().int().min(3_600_000).optional()),
  }),
  reconcile: group({
    /** The pause between two passes over the minutes that have changed. */
    intervalMs: milliseconds(5_000, 10),
    /** How often minutes are compared with the lake. */
    lakeIntervalMs: milliseconds(60_000, 10),
    /** How often everything is compared anew, whether it has changed or not. */
    sweepMs: milliseconds(3_600_000, 1_000),
  }),
  lake: group({
    /** A batch of a partition is written when it has so many rows or is so old; each store and hour in it is a file. */
    batchRows: count(100_000),
    batchAgeMs: milliseconds(10_000, 10),
    parallelism: count(1, 64),
    /** The files of a store's hour become one when the newest of them is so old. */
    compactionQuietMs: milliseconds(10 * 60_000),
  }),
  collect: group({
    port: portNumber(8001),
    /** The address that the collector listens on; any but this machine's own needs a write key first. */
    host: z.string().min(1).default("127.0.0.1"),
    /** The file with the hashes of the write keys; `keys.json` in the data folder where left out. */
    keysFile: z.string().min(1).optional(),
    /** The sites whose pages may send events, as "https://shop.example"; "*" for any. */
    origins: list(["*"]),
    /** Where a proxy in front says the visitor's country, as two letters; the first one that is there counts. */
    countryHeaders: list(["cf-ipcountry", "x-vercel-ip-country", "cloudfront-viewer-country"]),
    /** Events a second that a write key may send, on average over two seconds. */
    eventsPerSecond: count(50_000),
    /** A request's body at most, as it is sent and again when it is unpacked. */
    maxBodyBytes: count(4 * 1_048_576, 64 * 1_048_576),
    maxEventsPerRequest: count(10_000),
    /** The bodies of all requests under way at most; who comes then is asked to come again. */
    maxPendingBytes: count(64 * 1_048_576, 4_096 * 1_048_576),
    bodyTimeoutMs: milliseconds(10_000, 100),
    /** After so long without the broker's acknowledgement a request is answered 503. */
    ackTimeoutMs: milliseconds(5_000, 100),
    /** Where set, user ids become their HMAC-SHA-256 under it before anything is stored. */
    userIdSecret: secret(),
    /** The secret that Shopify signs its webhooks with. */
    shopifySecret: secret(),
  }),
  /** Usual ports of the local engines; the next free one is taken, and printed, where one is in use. */
  enginePorts: group({
    kafka: portNumber(9092),
    mongo: portNumber(27017),
    clickhouse: portNumber(8123),
  }),
});

/** All settings, typed; see {@link loadSettings}. */
export type Settings = z.infer<typeof settingsSchema>;

/** Environment variable -> path of the setting that it overrides. */
export const ENVIRONMENT: Readonly<Record<string, string>> = {
  KAFKA_BOOTSTRAP_SERVERS: "kafkaBootstrapServers",
  MONGO_URI: "mongoUri",
  CLICKHOUSE_URL: "clickhouseUrl",
  LAKE_URL: "lakeUrl",
  PORT: "port",
  WEB_HOST: "webHost",
  LOG_LEVEL: "logLevel",
  DATA_DIR: "dataDir",
  REPORTING_CURRENCY: "reportingCurrency",
  WORKER_NAME: "workerName",
  EVENTS_TOPIC: "topics.events",
  DEAD_LETTERS_TOPIC: "topics.deadLetters",
  PARTITIONS: "topics.partitions",
  LOG_RETENTION_MS: "topics.retentionMs",
  ALLOWED_LATENESS_MS: "rollup.allowedLatenessMs",
  MAX_SKEW_MS: "rollup.maxSkewMs",
  SESSION_TIMEOUT_MS: "rollup.sessionTimeoutMs",
  DEDUP_HORIZON_MS: "rollup.dedupHorizonMs",
  DEDUP_MAX_IDS: "rollup.dedupMaxIds",
  WINDOW_MS: "rollup.windowMs",
  TICK_MS: "rollup.tickMs",
  CHECKPOINT_INTERVAL_MS: "rollup.checkpointIntervalMs",
  CHECKPOINT_RECORDS: "rollup.checkpointRecords",
  ROLLUP_PARALLELISM: "rollup.parallelism",
  LEASE_MS: "rollup.leaseMs",
  DRAIN_MS: "rollup.drainMs",
  HOT_RETENTION_MS: "rollup.hotRetentionMs",
  WAREHOUSE_BATCH_ROWS: "warehouse.batchRows",
  WAREHOUSE_BATCH_AGE_MS: "warehouse.batchAgeMs",
  WAREHOUSE_PARALLELISM: "warehouse.parallelism",
  WAREHOUSE_RETENTION_MS: "warehouse.retentionMs",
  RECONCILE_INTERVAL_MS: "reconcile.intervalMs",
  RECONCILE_LAKE_INTERVAL_MS: "reconcile.lakeIntervalMs",
  RECONCILE_SWEEP_MS: "reconcile.sweepMs",
  LAKE_BATCH_ROWS: "lake.batchRows",
  LAKE_BATCH_AGE_MS: "lake.batchAgeMs",
  LAKE_PARALLELISM: "lake.parallelism",
  LAKE_COMPACTION_QUIET_MS: "lake.compactionQuietMs",
  COLLECT_PORT: "collect.port",
  COLLECT_HOST: "collect.host",
  COLLECT_KEYS_FILE: "collect.keysFile",
  COLLECT_ORIGINS: "collect.origins",
  COLLECT_COUNTRY_HEADERS: "collect.countryHeaders",
  COLLECT_EVENTS_PER_SECOND: "collect.eventsPerSecond",
  COLLECT_MAX_BODY_BYTES: "collect.maxBodyBytes",
  COLLECT_MAX_EVENTS_PER_REQUEST: "collect.maxEventsPerRequest",
  COLLECT_MAX_PENDING_BYTES: "collect.maxPendingBytes",
  COLLECT_BODY_TIMEOUT_MS: "collect.bodyTimeoutMs",
  COLLECT_ACK_TIMEOUT_MS: "collect.ackTimeoutMs",
  USER_ID_SECRET: "collect.userIdSecret",
  SHOPIFY_WEBHOOK_SECRET: "collect.shopifySecret",
  KAFKA_PORT: "enginePorts.kafka",
  MONGO_PORT: "enginePorts.mongo",
  CLICKHOUSE_PORT: "enginePorts.clickhouse",
};

/** Secrets, which may be in a file that the variable with `_FILE` behind its name tells, as container platforms mount them. */
const SECRETS = ["USER_ID_SECRET", "SHOPIFY_WEBHOOK_SECRET"] as const;

/** A setting that can't be used; the message names it, says why, and where it was set. */
export class SettingError extends ToldError {
  override name = "SettingError";
}

/** Where settings come from; the defaults read the process's own environment and files. */
export interface SettingSources {
  readonly environment: (name: string) => string | undefined;
  /** The text of a file, or undefined where there is none. */
  readonly readText: (path: string) => string | undefined;
}

const processSources: SettingSources = {
  environment: (name) => Deno.env.get(name),
  readText: (path) => {
    try {
      return Deno.readTextFileSync(path);
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return undefined;
      throw error;
    }
  },
};

/**
 * The settings in force: defaults, overridden by `countinghouse.json` in the working directory, overridden by the
 * environment.
 *
 * @throws {SettingError} for the first setting that can't be used.
 */
export function loadSettings(sources: SettingSources = processSources): Settings {
  const tree = readFile(sources);
  const variableOf = new Map<string, string>();
  placeSecretsOfFiles(tree, sources);
  for (const [variable, path] of Object.entries(ENVIRONMENT)) {
    const text = sources.environment(variable)?.trim();
    if (text === undefined || text === "") continue;
    variableOf.set(path, variable);
    place(tree, path.split("."), text);
  }
  const parsed = settingsSchema.safeParse(tree);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const path = issue?.code === "unrecognized_keys"
    ? [...issue.path, issue.keys[0] ?? ""].join(".")
    : issue?.path.join(".") ?? "";
  const variable = variableOf.get(path);
  const where = variable ? `the environment variable ${variable}` : `countinghouse.json, at "${path}"`;
  throw new SettingError(
    `Cannot start with setting ${path}: ${issue?.message ?? "it is not valid"} (set by ${where})`,
  );
}

function placeSecretsOfFiles(tree: Record<string, unknown>, { environment, readText }: SettingSources): void {
  for (const secret of SECRETS) {
    const file = environment(`${secret}_FILE`)?.trim();
    if (!file) continue;
    const text = readText(file)?.trim();
    if (!text) {
      throw new SettingError(`Cannot read the file that ${secret}_FILE names: there is no text in ${file}`);
    }
    place(tree, ENVIRONMENT[secret]!.split("."), text);
  }
}

/** Where the hashes of the write keys are kept. */
export function keysFile({ collect, dataDir }: Pick<Settings, "collect" | "dataDir">): string {
  return collect.keysFile ?? `${dataDir}/keys.json`;
}

/** The files with secrets that the environment names; a process that loads the settings has to be able to read them. */
export function secretFiles({ environment }: SettingSources = processSources): string[] {
  return SECRETS.flatMap((secret) => environment(`${secret}_FILE`)?.trim() || []);
}

function readFile(sources: SettingSources): Record<string, unknown> {
  const text = sources.readText("countinghouse.json");
  if (text === undefined) return {};
  let tree: unknown;
  try {
    tree = JSON.parse(text);
  } catch (error) {
    throw new SettingError(`Cannot read countinghouse.json as JSON: ${(error as Error).message}`);
  }
  if (!isObject(tree)) throw new SettingError("Cannot read countinghouse.json: it must be a JSON object");
  return tree;
}

function place(tree: Record<string, unknown>, path: readonly string[], value: unknown): void {
  const [head, ...rest] = path;
  if (head === undefined) return;
  if (rest.length === 0) {
    tree[head] = value;
    return;
  }
  const branch = tree[head];
  if (branch !== undefined && !isObject(branch)) return;
  const next = branch ?? {};
  tree[head] = next;
  place(next, rest, value);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
