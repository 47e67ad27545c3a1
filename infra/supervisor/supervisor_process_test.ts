import assert from "node:assert/strict";
import { isRunning, type ProcessEntry, readProcess } from "./process_table.ts";
import { NotReadyError, untilReady } from "./readiness.ts";
import { sleep } from "./sleep.ts";
import type { ProcessSpec } from "./supervised_process.ts";
import { recordFile, Supervisor } from "./supervisor.ts";
import { AlreadyRunningError, RunLock } from "./run_lock.ts";

const DEADLINE_MS = 10_000;
const QUICK = { firstMs: 10, mostMs: 50, resetAfterMs: 60_000 };

/** A folder, what was said, and tiny processes written in shell. */
class Stage implements AsyncDisposable {
  readonly said: string[] = [];
  readonly say = (name: string, line: string) => void this.said.push(`${name}: ${line}`);

  private constructor(readonly folder: string) {}

  static async set(): Promise<Stage> {
    return new Stage(await Deno.makeTempDir({ prefix: "supervisor-" }));
  }

  open(): Promise<Supervisor> {
    return Supervisor.open({ runDir: `${this.folder}/run`, say: this.say, backoff: QUICK });
  }

  /** A process whose shell script says what it does in the file `order`. */
  shell(name: string, script: string): ProcessSpec {
    return {
      name,
      command: "sh",
      args: ["-c", script],
      workingDirectory: this.folder,
      logFile: `${this.folder}/${name}.log`,
      echo: true,
    };
  }

  /** A process that runs until SIGTERM, then writes its name into the file `order`. */
  obedient(name: string): ProcessSpec {
    return this.shell(
      name,
      `trap 'echo ${name} >> order; exit 0' TERM; echo up; while :; do sleep 0.02; done`,
    );
  }

  async order(): Promise<string[]> {
    return (await Deno.readTextFile(`${this.folder}/order`)).trim().split("\n");
  }

  saw(part: string): Promise<void> {
    return until(() => this.said.some((line) => line.includes(part)), `"${part}" to be said`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.folder, { recursive: true });
  }
}

async function until(condition: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const deadline = performance.now() + DEADLINE_MS;
  while (!await condition()) {
    assert.ok(performance.now() < deadline, `waited ${DEADLINE_MS} ms for ${what}`);
    await sleep(5);
  }
}

async function entryOf(pid: number | undefined): Promise<ProcessEntry> {
  assert.ok(pid);
  const entry = await readProcess(pid);
  assert.ok(entry);
  return entry;
}

Deno.test("a process that is killed comes back, as often as it dies, and it is said", async () => {
  await using stage = await Stage.set();
  await using supervisor = await stage.open();
  const process = supervisor.group(1_000).start(stage.obedient("worker"));
  await stage.saw("worker: up");
  for (let death = 1; death <= 8; death++) {
    const before = process.pid;
    process.kill("SIGKILL");
    await until(() => process.pid !== undefined && process.pid !== before, `restart ${death}`);
  }
  await stage.saw("worker: was ended by SIGKILL; it is started again in 0.01 s");
  await stage.saw("worker: was ended by SIGKILL (8 times in a row); it is started again in 0.05 s");
});

Deno.test("a process that ends by itself comes back too", async () => {
  await using stage = await Stage.set();
  await using supervisor = await stage.open();
  supervisor.group(1_000).start(stage.shell("worker", "exit 3"));
  await stage.saw("worker: ended with exit code 3 (3 times in a row)");
});

Deno.test("groups stop in reverse order, and a group's processes together", async () => {
  await using stage = await Stage.set();
  await using supervisor = await stage.open();
  const engines = supervisor.group(1_000);
  const workers = supervisor.group(1_000);
  for (const name of ["kafka", "mongo"]) engines.start(stage.obedient(name));
  workers.start(stage.obedient("rollup"));
  engines.start(stage.obedient("clickhouse"));
  for (const name of ["kafka", "mongo", "rollup", "clickhouse"]) await stage.saw(`${name}: up`);
  await supervisor.stop();
  const [first, ...rest] = await stage.order();
  assert.equal(first, "rollup");
  assert.deepEqual(rest.toSorted(), ["clickhouse", "kafka", "mongo"]);
});

Deno.test("a process that ignores SIGTERM is killed with its children when its time is up", async () => {
  await using stage = await Stage.set();
  await using supervisor = await stage.open();
  const stubborn = supervisor.group(200).start(
    stage.shell("stubborn", "trap '' TERM; sleep 300 & echo child $!; while :; do sleep 0.02; done"),
  );
  await stage.saw("stubborn: child");
  const child = await entryOf(Number(stage.said.join().match(/child (\d+)/)?.[1]));
  const leader = await entryOf(stubborn.pid);
  await supervisor.stop();
  await stage.saw("stubborn: did not end within 0.2 s and is killed");
  assert.equal(await isRunning(leader), false);
  await until(async () => !await isRunning(child), "the child to be gone");
});

Deno.test("a stop while a process waits to be started again leaves nothing that starts later", async () => {
  await using stage = await Stage.set();
  const supervisor = await Supervisor.open({
    runDir: `${stage.folder}/run`,
    say: stage.say,
    backoff: { firstMs: 60_000, mostMs: 60_000, resetAfterMs: 60_000 },
  });
  const process = supervisor.group(1_000).start(stage.shell("worker", "exit 1"));
  await stage.saw("started again in 60 s");
  await supervisor.stop();
  assert.equal(process.pid, undefined);
});

Deno.test("what a process writes is in its log file and shown under its name, the last unfinished line too", async () => {
  await using stage = await Stage.set();
  const supervisor = await stage.open();
  supervisor.group(1_000).start(stage.shell("worker", "echo out; echo err >&2; printf half; sleep 300"));
  await stage.saw("worker: err");
  await supervisor.stop();
  const logged = (await Deno.readTextFile(`${stage.folder}/worker.log`)).trim().split("\n");
  assert.deepEqual(logged.toSorted(), ["err", "half", "out"]);
  assert.deepEqual(stage.said.toSorted(), ["worker: err", "worker: half", "worker: out"]);
});

Deno.test("a program that isn't there fails at the start, with nothing left behind", async () => {
  await using stage = await Stage.set();
  await using supervisor = await stage.open();
  const missing = { ...stage.obedient("worker"), command: "no-such-program" };
  assert.throws(() => supervisor.group(1_000).start(missing), Deno.errors.NotFound);
});

Deno.test("a second supervisor on the same folder is refused, and allowed once the first has stopped", async () => {
  await using stage = await Stage.set();
  const first = await stage.open();
  first.group(1_000).start(stage.obedient("worker"));
  assert.equal(await RunLock.isHeld(`${stage.folder}/run`), true);
  await assert.rejects(stage.open(), (error: Error) => {
    assert.ok(error instanceof AlreadyRunningError);
    assert.match(error.message, new RegExp(`one is running as process ${Deno.pid}\\b`));
    return true;
  });
  await first.stop();
  assert.equal(await RunLock.isHeld(`${stage.folder}/run`), false);
  await using _second = await stage.open();
});

Deno.test("what a killed supervisor left running is stopped by the next one; others aren't touched", async () => {
  await using stage = await Stage.set();
  const runDir = `${stage.folder}/run`;
  const spawn = (script: string) =>
    new Deno.Command("sh", { args: ["-c", script], detached: true, stdout: "null" }).spawn();
  const obedient = spawn("while :; do sleep 0.02; done");
  const foreign = spawn("while :; do sleep 0.03; done");
  try {
    const record = {
      supervisor: await entryOf(Deno.pid),
      processes: [
        { name: "worker", ...await entryOf(obedient.pid) },
        // A pid that was handed out again: the command line on record is another one.
        { name: "kafka", ...await entryOf(foreign.pid), commandLine: "java kafka.Kafka" },
      ],
    };
    await Deno.mkdir(runDir);
    await Deno.writeTextFile(recordFile(runDir), JSON.stringify(record));
    await using _supervisor = await stage.open();
    assert.equal((await obedient.status).signal, "SIGTERM");
    assert.ok(await readProcess(foreign.pid));
    assert.deepEqual(stage.said, ["supervisor: stopped what the last run left: worker"]);
  } finally {
    foreign.kill("SIGKILL");
    await foreign.status;
  }
});

Deno.test("a process is ready when it answers, and not before", async () => {
  await using stage = await Stage.set();
  await using supervisor = await stage.open();
  const process = supervisor.group(1_000).start(stage.obedient("worker"));
  let asked = 0;
  const ask = () => ++asked < 4 ? Promise.reject(new Error("not yet")) : Promise.resolve();
  await untilReady(process, { title: "The worker", ask });
  assert.equal(asked, 4);
});

Deno.test("a process that keeps ending isn't waited for; the message has its last words", async () => {
  await using stage = await Stage.set();
  await using supervisor = await stage.open();
  const process = supervisor.group(1_000).start(stage.shell("worker", "echo no disk; exit 1"));
  const ask = () => Promise.reject(new Error("refused"));
  await assert.rejects(untilReady(process, { title: "The worker", ask }), (error: Error) => {
    assert.ok(error instanceof NotReadyError);
    assert.match(
      error.message,
      /^Cannot start The worker: it ended \d+ times in a row\. The end of .*worker\.log:/,
    );
    assert.match(error.message, /no disk/);
    return true;
  });
});

Deno.test("a process that runs but never answers is given up when its time is up", async () => {
  await using stage = await Stage.set();
  await using supervisor = await stage.open();
  const process = supervisor.group(1_000).start(stage.obedient("worker"));
  const ask = () => Promise.reject(new Error("refused"));
  await assert.rejects(
    untilReady(process, { title: "The worker", ask, withinMs: 60 }),
    /did not answer within 0\.06 s \(refused\)/,
  );
});

Deno.test("waiting for a process can be broken off", async () => {
  await using stage = await Stage.set();
  await using supervisor = await stage.open();
  const process = supervisor.group(1_000).start(stage.obedient("worker"));
  const ask = () => Promise.reject(new Error("refused"));
  const signal = AbortSignal.abort(new Error("the user wants to stop"));
  await assert.rejects(untilReady(process, { title: "The worker", ask, signal }), /the user wants to stop/);
});
