import assert from "node:assert/strict";
import { MINUTE_MS, minuteStart } from "@countinghouse/core";
import { collections, listOpenAlarms } from "@countinghouse/hot";
import { CheckStore } from "./check_store.ts";
import { readLastPass } from "./pass_store.ts";
import { type ReconciledShop, until, withReconciledShop } from "./testing/reconciled_shop.ts";
import { everyoneAt, shopRecords } from "./testing/shop_records.ts";

const HOUR_MS = 60 * MINUTE_MS;
const startMs = minuteStart(Date.now() - 6 * HOUR_MS);
const FOUND_WITHIN_MS = 30_000;

function start({ environment }: ReconciledShop, program: string, ...args: string[]): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "-A", new URL(program, import.meta.url).pathname, ...args],
    env: {
      ...environment,
      LOG_LEVEL: "warn",
      RECONCILE_INTERVAL_MS: "500",
      RECONCILE_LAKE_INTERVAL_MS: "500",
    },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

async function kill(worker: Deno.ChildProcess): Promise<void> {
  worker.kill("SIGKILL");
  await worker.output();
}

Deno.test("killed in mid-pass again and again, the worker still checks every minute, and says no drift", () =>
  withReconciledShop({ startMs }, async (shop) => {
    await shop.take(shopRecords({ seconds: 1_800, startMs }));
    await shop.take(everyoneAt(startMs + 2 * HOUR_MS));
    const { database } = shop.hot;
    const checks = new CheckStore(database);
    const checked = async () => Object.values(await checks.tally("lake")).reduce((a, b) => a + b, 0);
    // In the first pass, when the hot store's minutes are checked and the lake's are not; then after each pass.
    let worker = start(shop, "main.ts");
    await until("the first checks", async () => await checked() > 0);
    await kill(worker);
    for (let kills = 0; kills < 2; kills++) {
      const before = (await readLastPass(database))?.at.getTime() ?? 0;
      worker = start(shop, "main.ts");
      await until("a pass", async () => ((await readLastPass(database))?.at.getTime() ?? 0) > before);
      await kill(worker);
    }
    const killedMs = Date.now();
    worker = start(shop, "main.ts");
    await until("every minute compared with the lake", async () => {
      const { equal, waiting } = await checks.tally("lake");
      const isAtWork = (await readLastPass(database))!.at.getTime() > killedMs;
      return isAtWork && equal > 50 && waiting === 0;
    });
    const pass = await readLastPass(database);
    assert.equal(pass!.hot_warehouse.differs, 0);
    assert.equal(await collections(database).restatements.countDocuments(), 0);
    assert.deepEqual(await listOpenAlarms(database, { limit: 10 }), []);
    worker.kill("SIGTERM");
    assert.equal((await worker.output()).code, 0);
  }));

Deno.test("an injected drift is found by the running worker, told, and seen by the command", () =>
  withReconciledShop({ startMs }, async (shop) => {
    await shop.take(shopRecords({ seconds: 300, startMs }));
    await shop.take(everyoneAt(startMs + 2 * HOUR_MS));
    const { database } = shop.hot;
    const worker = start(shop, "main.ts");
    const checks = new CheckStore(database);
    await until("every minute compared", async () => {
      const { equal, waiting } = await checks.tally("lake");
      return equal > 5 && waiting === 0;
    });
    const range = [
      "--from",
      new Date(startMs).toISOString(),
      "--to",
      new Date(startMs + HOUR_MS).toISOString(),
    ];
    const equal = await start(shop, "compare.ts", ...range).output();
    const text = new TextDecoder().decode(equal.stdout);
    assert.equal(equal.code, 0, text);
    assert.match(text, /\d+ minutes equal in MongoDB = ClickHouse = Parquet, 0 differ$/m);

    const { minutes } = collections(database);
    const { _id } = (await minutes.findOne({ minute: new Date(startMs) }))!;
    const alteredMs = performance.now();
    await minutes.updateOne({ _id }, { $inc: { "counts.page_views": 3 } });
    await until("an alarm", async () => (await listOpenAlarms(database, { limit: 1 })).length === 1);
    const tookMs = performance.now() - alteredMs;
    assert.ok(tookMs < FOUND_WITHIN_MS, `it took ${Math.round(tookMs)} ms`);
    const differing = await start(shop, "compare.ts", "--differing", ...range).output();
    assert.equal(differing.code, 2);
    assert.match(new TextDecoder().decode(differing.stdout), /page_views MongoDB \d+, ClickHouse \d+/);

    await minutes.updateOne({ _id }, { $inc: { "counts.page_views": -3 } });
    await until("the alarm closed", async () => (await listOpenAlarms(database, { limit: 1 })).length === 0);
    worker.kill("SIGTERM");
    const said = new TextDecoder().decode((await worker.output()).stderr);
    assert.match(said, /^warn: Two stores differ and nothing explains why .*page_views/m);
  }));
