import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { readRecord, recordFile, RunLock, sleep } from "./supervisor/mod.ts";

const ROOT = fileURLToPath(import.meta.resolve("../"));
const DEADLINE_MS = 30_000;

/** Engines that run elsewhere: the stack then has none of its own to start, and asks nothing of these. */
const ELSEWHERE = {
  KAFKA_BOOTSTRAP_SERVERS: "192.0.2.1:9092",
  MONGO_URI: "mongodb://ann:s3cret@192.0.2.1:27017",
  CLICKHOUSE_URL: "http://192.0.2.1:8123",
};

/** A stack as a process of its own, on a folder of its own. */
class StackProcess implements AsyncDisposable {
  output = "";
  readonly #read: Promise<unknown>;

  private constructor(readonly dataDir: string, readonly child: Deno.ChildProcess) {
    this.#read = Promise.all([child.stdout, child.stderr].map(async (stream) => {
      const decoder = new TextDecoder();
      for await (const bytes of stream) this.output += decoder.decode(bytes, { stream: true });
    }));
  }

  static start(
    dataDir: string,
    args: readonly string[],
    env: Record<string, string> = ELSEWHERE,
  ): StackProcess {
    const child = new Deno.Command(Deno.execPath(), {
      args: [...args],
      cwd: ROOT,
      env: { ...env, DATA_DIR: dataDir, NO_COLOR: "1" },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    return new StackProcess(dataDir, child);
  }

  async ended(): Promise<number> {
    const { code } = await this.child.status;
    await this.#read;
    return code;
  }

  async up(): Promise<void> {
    await until(() => this.output.includes("up after"), () => `the stack to be up; it said:\n${this.output}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.child.kill("SIGKILL");
    } catch {
      // It has ended already.
    }
    await this.ended();
  }
}

const UP = ["run", "--allow-all", "infra/up.ts"];

async function until(condition: () => boolean | Promise<boolean>, what: () => string): Promise<void> {
  const deadline = performance.now() + DEADLINE_MS;
  while (!await condition()) {
    assert.ok(performance.now() < deadline, `waited ${DEADLINE_MS} ms for ${what()}`);
    await sleep(20);
  }
}

async function inFolder(test: (dataDir: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "stack-" });
  try {
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("a stack says where its engines are, lets nobody in beside it, and leaves on SIGINT", () =>
  inFolder(async (dataDir) => {
    await using stack = StackProcess.start(dataDir, [...UP, "stack"]);
    await stack.up();
    assert.match(stack.output, /MongoDB +mongodb:\/\/ann:\*\*\*@192\.0\.2\.1:27017 \(runs elsewhere/);
    assert.doesNotMatch(stack.output, /s3cret/);
    const endpoints = JSON.parse(await Deno.readTextFile(`${dataDir}/run/endpoints.json`));
    assert.equal(endpoints.kafkaBootstrapServers, ELSEWHERE.KAFKA_BOOTSTRAP_SERVERS);

    await using second = StackProcess.start(dataDir, [...UP, "stack"]);
    assert.equal(await second.ended(), 1);
    assert.match(second.output, new RegExp(`one is running as process ${stack.child.pid}\\b`));

    stack.child.kill("SIGINT");
    assert.equal(await stack.ended(), 0);
    await assert.rejects(Deno.stat(`${dataDir}/run/endpoints.json`), Deno.errors.NotFound);
    assert.equal(await RunLock.isHeld(`${dataDir}/run`), false);
  }));

Deno.test("SIGTERM stops a stack that was started by deno task", () =>
  inFolder(async (dataDir) => {
    await using task = StackProcess.start(dataDir, ["task", "stack"]);
    await task.up();
    task.child.kill("SIGTERM");
    assert.equal(await task.ended(), 0);
    assert.equal(await RunLock.isHeld(`${dataDir}/run`), false);
  }));

Deno.test("a stack whose deno task was killed notices, and stops", () =>
  inFolder(async (dataDir) => {
    await using task = StackProcess.start(dataDir, ["task", "stack"]);
    await task.up();
    const supervisor = (await readRecord(recordFile(`${dataDir}/run`)))!.supervisor.pid;
    assert.notEqual(supervisor, task.child.pid);
    task.child.kill("SIGKILL");
    await until(async () => !await RunLock.isHeld(`${dataDir}/run`), () => "the stack to stop");
    await task.ended();
    assert.match(task.output, /the process that started this one is gone: stopping/);
  }));

Deno.test("a wrong setting stops the start with its name", () =>
  inFolder(async (dataDir) => {
    await using stack = StackProcess.start(dataDir, [...UP, "stack"], { ...ELSEWHERE, PARTITIONS: "none" });
    assert.equal(await stack.ended(), 1);
    assert.match(stack.output, /Cannot start with setting topics\.partitions.*PARTITIONS/);
  }));

Deno.test("a port for the dashboard that was asked for and is in use stops the start", () =>
  inFolder(async (dataDir) => {
    using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const PORT = `${listener.addr.port}`;
    await using stack = StackProcess.start(dataDir, [...UP, "start"], { ...ELSEWHERE, PORT });
    assert.equal(await stack.ended(), 1);
    assert.match(stack.output, new RegExp(`Cannot serve the dashboard on port ${PORT}`));
  }));
