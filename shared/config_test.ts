import assert from "node:assert/strict";
import { ENVIRONMENT, loadSettings, secretFiles, SettingError, type Settings } from "./config.ts";

Deno.test("without a file and an environment every setting has its default", () => {
  assert.deepEqual(settingsOf({}), {
    dataDir: ".local",
    logLevel: "info",
    port: 8_000,
    webHost: "127.0.0.1",
    topics: { events: "events", deadLetters: "events.dead-letter", partitions: 4, retentionMs: 604_800_000 },
    reconcile: { intervalMs: 5_000, lakeIntervalMs: 60_000, sweepMs: 3_600_000 },
    rollup: {
      windowMs: 60_000,
      allowedLatenessMs: 600_000,
      maxSkewMs: 300_000,
      sessionTimeoutMs: 1_800_000,
      dedupHorizonMs: 3_600_000,
      dedupMaxIds: 4_000_000,
      tickMs: 100,
      checkpointIntervalMs: 30_000,
      checkpointRecords: 5_000,
      parallelism: 1,
      leaseMs: 3_000,
      drainMs: 4_000,
      hotRetentionMs: 604_800_000,
    },
    warehouse: { batchRows: 50_000, batchAgeMs: 500, parallelism: 1 },
    lake: { batchRows: 100_000, batchAgeMs: 10_000, parallelism: 1, compactionQuietMs: 600_000 },
    collect: {
      port: 8_001,
      host: "127.0.0.1",
      origins: ["*"],
      countryHeaders: ["cf-ipcountry", "x-vercel-ip-country", "cloudfront-viewer-country"],
      eventsPerSecond: 50_000,
      maxBodyBytes: 4_194_304,
      maxEventsPerRequest: 10_000,
      maxPendingBytes: 67_108_864,
      bodyTimeoutMs: 10_000,
      ackTimeoutMs: 5_000,
    },
    enginePorts: { kafka: 9_092, mongo: 27_017, clickhouse: 8_123 },
  });
});

Deno.test("the file overrides the defaults, field by field", () => {
  const settings = settingsOf({ file: { port: 9_000, rollup: { allowedLatenessMs: 1_000 } } });
  assert.equal(settings.port, 9_000);
  assert.equal(settings.rollup.allowedLatenessMs, 1_000);
  assert.equal(settings.rollup.tickMs, 100);
});

Deno.test("the environment overrides the file", () => {
  const file = { port: 9_000, topics: { partitions: 8, events: "shop" } };
  const settings = settingsOf({ file, environment: { PORT: "9100", PARTITIONS: " 16 " } });
  assert.equal(settings.port, 9_100);
  assert.deepEqual([settings.topics.partitions, settings.topics.events], [16, "shop"]);
});

Deno.test("a variable that is set to nothing is not set", () => {
  assert.equal(settingsOf({ environment: { PORT: "" } }).port, 8_000);
  assert.equal(settingsOf({ environment: { MONGO_URI: "  " } }).mongoUri, undefined);
});

Deno.test("every variable reaches its setting", () => {
  const fitting: Readonly<Record<string, string>> = {
    CLICKHOUSE_URL: "http://warehouse.example:8123",
    LOG_LEVEL: "debug",
    REPORTING_CURRENCY: "EUR",
    WINDOW_MS: "60000",
    SESSION_TIMEOUT_MS: "5000",
    DEDUP_HORIZON_MS: "5000",
    CHECKPOINT_INTERVAL_MS: "5000",
    LEASE_MS: "5000",
    HOT_RETENTION_MS: "7200000",
    WAREHOUSE_RETENTION_MS: "7200000",
    RECONCILE_SWEEP_MS: "5000",
    COLLECT_BODY_TIMEOUT_MS: "5000",
    COLLECT_ACK_TIMEOUT_MS: "5000",
    USER_ID_SECRET: "a-secret-of-some-length",
    SHOPIFY_WEBHOOK_SECRET: "a-secret-of-some-length",
  };
  for (const [variable, path] of Object.entries(ENVIRONMENT)) {
    const text = fitting[variable] ?? "43";
    const settings = settingsOf({ environment: { [variable]: text } });
    assert.equal(String(settingAt(settings, path)), text, variable);
  }
});

Deno.test("a wrong setting stops the start with its name, the reason and where it was set", () => {
  const fromPort = "(set by the environment variable PORT)";
  const fromFile = (path: string) => `(set by countinghouse.json, at "${path}")`;
  const table: readonly (readonly [Sources, string])[] = [
    [
      { environment: { PORT: "abc" } },
      `Cannot start with setting port: Invalid input: expected number, received string ${fromPort}`,
    ],
    [
      { environment: { PORT: "70000" } },
      `Cannot start with setting port: Too big: expected number to be <=65535 ${fromPort}`,
    ],
    [
      { environment: { PORT: "80.5" } },
      `Cannot start with setting port: Invalid input: expected int, received number ${fromPort}`,
    ],
    [
      { file: { port: 0 } },
      `Cannot start with setting port: Too small: expected number to be >=1 ${fromFile("port")}`,
    ],
    [
      { file: { rollup: { tickMs: 1 } } },
      `Cannot start with setting rollup.tickMs: Too small: expected number to be >=10 ${
        fromFile("rollup.tickMs")
      }`,
    ],
    [
      { file: { rollup: 5 }, environment: { TICK_MS: "20" } },
      `Cannot start with setting rollup: Invalid input: expected object, received number ${
        fromFile("rollup")
      }`,
    ],
    [
      { environment: { REPORTING_CURRENCY: "euro" } },
      "Cannot start with setting reportingCurrency: must be three capital letters, as in ISO 4217 (set by the environment variable REPORTING_CURRENCY)",
    ],
    [
      { environment: { CLICKHOUSE_URL: "warehouse" } },
      "Cannot start with setting clickhouseUrl: Invalid URL (set by the environment variable CLICKHOUSE_URL)",
    ],
    [
      { environment: { WINDOW_MS: "30000" } },
      "Cannot start with setting rollup.windowMs: Invalid input: expected 60000 (set by the environment variable WINDOW_MS)",
    ],
  ];
  for (const [sources, message] of table) {
    assert.throws(() => settingsOf(sources), new SettingError(message));
  }
});

Deno.test("a list in the environment is one text with commas", () => {
  const { collect } = settingsOf({
    environment: { COLLECT_ORIGINS: "https://a.example, https://b.example" },
  });
  assert.deepEqual(collect.origins, ["https://a.example", "https://b.example"]);
});

Deno.test("a secret may be in a file, whose text is trimmed; a file without text stops the start", () => {
  const files: Readonly<Record<string, string>> = {
    "secrets/ids": "a-secret-of-some-length\n",
    "secrets/none": "",
  };
  const sources = (file: string) => ({
    environment: (name: string) => name === "USER_ID_SECRET_FILE" ? file : undefined,
    readText: (path: string) => files[path],
  });
  assert.equal(loadSettings(sources("secrets/ids")).collect.userIdSecret, "a-secret-of-some-length");
  assert.deepEqual(secretFiles(sources("secrets/ids")), ["secrets/ids"]);
  for (const file of ["secrets/none", "secrets/missing"]) {
    const message = `Cannot read the file that USER_ID_SECRET_FILE names: there is no text in ${file}`;
    assert.throws(() => loadSettings(sources(file)), new SettingError(message));
  }
});

Deno.test("null, true and an empty text are no numbers, and so not 0 or 1", () => {
  for (const nothing of [null, true, "", [], {}]) {
    assert.throws(
      () => settingsOf({ file: { rollup: { maxSkewMs: nothing } } }),
      /Cannot start with setting rollup\.maxSkewMs/,
    );
  }
});

Deno.test("a setting that there is none of is named, at any depth", () => {
  assert.throws(
    () => settingsOf({ file: { prot: 8_000 } }),
    new SettingError(
      'Cannot start with setting prot: Unrecognized key: "prot" (set by countinghouse.json, at "prot")',
    ),
  );
  assert.throws(
    () => settingsOf({ file: { rollup: { lateness: 5 } } }),
    /Cannot start with setting rollup\.lateness: Unrecognized key/,
  );
});

Deno.test("a file that is not a JSON object is told", () => {
  assert.throws(
    () => settingsOf({ text: "{port: 1}" }),
    /^SettingError: Cannot read countinghouse\.json as JSON: /,
  );
  assert.throws(
    () => settingsOf({ text: "[]" }),
    /^SettingError: Cannot read countinghouse\.json: it must be a JSON object/,
  );
});

interface Sources {
  readonly file?: object;
  readonly text?: string;
  readonly environment?: Readonly<Record<string, string>>;
}

function settingsOf({ file, text, environment = {} }: Sources): Settings {
  return loadSettings({
    environment: (name) => environment[name],
    readText: (path) => {
      assert.equal(path, "countinghouse.json");
      return text ?? (file === undefined ? undefined : JSON.stringify(file));
    },
  });
}

function settingAt(settings: Settings, path: string): unknown {
  return path.split(".").reduce<unknown>((tree, key) => (tree as Record<string, unknown>)[key], settings);
}
