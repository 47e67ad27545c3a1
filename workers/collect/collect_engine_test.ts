import { deepEqual, equal, match, ok } from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { startKafkaBehindProxy } from "../../tests/faults/kafka_behind_proxy.ts";
import { waitUntil } from "../../tests/wait_until.ts";
import { shopEvent } from "./app_fixture.ts";
import { type CollectorProcess, freePort, withCollectors } from "./collector_process_fixture.ts";
import { createKey } from "./write_key.ts";
import { writeKeyFile } from "./key_file.ts";

const ACK_TIMEOUT_MS = 1_500;
/** Over the limit by as much, and no more, on a machine that does other things too. */
const GRACE_MS = 2_000;
const BATCH = 20;

/** A batch whose events have ids of their own. */
function batch(name: string) {
  return Array.from(
    { length: BATCH },
    (_, at) => shopEvent({ event_id: `${name}-${at}`, user_id: `u${at}` }),
  );
}

/** Sends; undefined when the connection broke. */
async function send(url: string, events: unknown, headers: Readonly<Record<string, string>> = {}) {
  try {
    const response = await fetch(`${url}/v1/events`, {
      method: "POST",
      body: JSON.stringify(events),
      headers,
    });
    await response.body?.cancel();
    return response;
  } catch {
    return undefined;
  }
}

/** Sends until it is acknowledged, with the same event ids each time. */
async function insist(url: string, events: unknown): Promise<void> {
  await waitUntil("an acknowledgement", 30_000, async () => (await send(url, events))?.status === 202);
}

Deno.test("what is answered with 202 is in the log, and what is refused in the dead letters", () =>
  withCollectors(async ({ start, events, deadLetters }) => {
    const collector = await start();
    const bad = shopEvent({ event_id: "bad", value: "much" });
    equal((await send(collector.url, [...batch("a"), bad]))!.status, 202);
    deepEqual(
      (await events()).map(({ event_id }) => event_id).sort(),
      batch("a").map((one) => one.event_id).sort(),
    );
    const [letter] = await deadLetters();
    equal(letter!.text, JSON.stringify(bad));
    deepEqual([letter!.headers["origin"], letter!.headers["field"]], ["collect", "value"]);
    const metrics = await (await fetch(`${collector.url}/metrics`)).text();
    match(metrics, /countinghouse_collect_events_total\{result="accepted"\} 20\n/);
    equal((await collector.stop("SIGTERM")).code, 0);
  }));

Deno.test("while the broker can't be reached the answer is 503 in time, and nothing acknowledged is lost", async () => {
  const dataDir = await Deno.makeTempDir();
  try {
    await using kafka = await startKafkaBehindProxy(dataDir);
    await withCollectors(async ({ start, events }) => {
      const { url } = await start({ env: { COLLECT_ACK_TIMEOUT_MS: String(ACK_TIMEOUT_MS) } });
      equal((await send(url, batch("before")))!.status, 202);

      kafka.proxy.refuse = true;
      kafka.proxy.cut();
      for (const name of ["during-1", "during-2"]) {
        const startedMs = performance.now();
        const answer = await send(url, batch(name));
        equal(answer!.status, 503);
        equal(answer!.headers.get("retry-after"), "5");
        ok(performance.now() - startedMs < ACK_TIMEOUT_MS + GRACE_MS, "the answer took too long");
      }
      kafka.proxy.refuse = false;
      for (const name of ["during-1", "during-2", "after"]) await insist(url, batch(name));

      // A network that swallows what comes back: stored, and yet not acknowledged.
      kafka.proxy.dropReplies = true;
      equal((await send(url, batch("swallowed")))!.status, 503);
      kafka.proxy.dropReplies = false;
      kafka.proxy.cut();
      await insist(url, batch("swallowed"));

      const expected = ["before", "during-1", "during-2", "after", "swallowed"].flatMap(batch);
      const unique = new Set((await events()).map(({ event_id }) => event_id));
      deepEqual([...unique].sort(), expected.map(({ event_id }) => event_id).sort());
    }, kafka.bootstrapServers);
  } finally {
    await Deno.remove(dataDir, { recursive: true });
  }
});

Deno.test("killed with -9 under load, again and again: every 202 is in the log, and counted once by its event_id", () =>
  withCollectors(async ({ start, events }) => {
    const port = freePort();
    const senders = 4;
    const kills = 3;
    const acknowledged = new Set<string>();
    const unacknowledged: string[] = [];
    let collector: CollectorProcess = await start({ port });
    let sending = true;
    const load = Array.from({ length: senders }, async (_, sender) => {
      for (let round = 0; sending; round++) {
        const name = `s${sender}-${round}`;
        const answer = await send(collector.url, batch(name));
        if (answer?.status === 202) acknowledged.add(name);
        else {
          unacknowledged.push(name);
          await new Promise((resolve) => setTimeout(resolve, 20));
        }
      }
    });
    for (let kill = 0; kill < kills; kill++) {
      const before = acknowledged.size;
      await waitUntil("a load", 30_000, () => acknowledged.size > before + 50);
      await collector.stop("SIGKILL");
      collector = await start({ port });
    }
    const before = acknowledged.size;
    await waitUntil("a load after the last kill", 30_000, () => acknowledged.size > before + 20);
    sending = false;
    await Promise.all(load);
    ok(unacknowledged.length > 0, "no kill hit a request");

    const idsOf = (names: Iterable<string>) => [...names].flatMap(batch).map(({ event_id }) => event_id);
    const inLog = new Set((await events()).map(({ event_id }) => event_id));
    deepEqual(idsOf(acknowledged).filter((id) => !inLog.has(id)), []);
    for (const name of unacknowledged) await insist(collector.url, batch(name));
    const unique = new Set((await events()).map(({ event_id }) => event_id));
    equal(unique.size, idsOf([...acknowledged, ...unacknowledged]).length);
    console.log(`${acknowledged.size} requests acknowledged, ${unacknowledged.length} not, ${kills} kills`);
  }));

Deno.test("without a key it refuses to listen for others; with one it asks for it, and never says a secret", () =>
  withCollectors(async ({ start, untilSaid, dataDir, events }) => {
    await untilSaid(
      { env: { COLLECT_HOST: "0.0.0.0" } },
      /^Cannot listen on 0\.0\.0\.0 without a write key, since anybody could send events/m,
    );

    const { text, stored } = await createKey({ storeId: "north", now: new Date() });
    await writeKeyFile(`${dataDir}/keys.json`, [stored]);
    await Deno.writeTextFile(`${dataDir}/secret`, "a secret that nobody may see\n");
    const env = { COLLECT_HOST: "0.0.0.0", USER_ID_SECRET_FILE: `${dataDir}/secret`, LOG_LEVEL: "debug" };
    const { url, said } = await start({ env });
    equal((await send(url, [shopEvent()]))!.status, 401);
    equal((await send(url, [shopEvent()], { authorization: `Bearer ${text}` }))!.status, 202);
    const [event] = await events();
    equal(event!["store_id"], "north");
    match(String(event!["user_id"]), /^[\w-]{43}$/);
    match(said(), /The collector takes events/);
    for (const secret of [text, stored.sha256, "nobody may see"]) ok(!said().includes(secret));
  }));

Deno.test("300 hostile requests: it stays healthy and small, and counts nothing", () =>
  withCollectors(async ({ start, events }) => {
    const { url, port, pid } = await start({ env: { COLLECT_BODY_TIMEOUT_MS: "500" } });
    equal((await send(url, batch("before")))!.status, 202);
    const before = await residentBytes(pid);
    const bomb = gzipSync(new Uint8Array(50_000_000));
    const deep = "[".repeat(500_000);
    const hostile = [
      ...Array.from({ length: 100 }, () => post(url, bomb, { "content-encoding": "gzip" })),
      ...Array.from({ length: 50 }, () => post(url, "x".repeat(5_000_000))),
      ...Array.from({ length: 50 }, () => post(url, deep)),
      ...Array.from(
        { length: 50 },
        () => post(url, JSON.stringify(shopEvent()).replace('"u1"', '"u1","price":1e999')),
      ),
      ...Array.from({ length: 50 }, () => slowClient(port)),
    ];
    const statuses = await Promise.all(hostile);
    deepEqual([...new Set(statuses)].sort(), [400, 408, 413], "an answer that is not to be expected");
    equal((await send(url, batch("after")))!.status, 202);
    equal((await fetch(`${url}/health`).then((response) => response.json())).ok, true);
    const grown = await residentBytes(pid) - before;
    console.log(`grown by ${Math.round(grown / 1e6)} MB`);
    ok(grown < 250_000_000, `it has grown by ${grown} bytes`);
    equal((await events()).length, 2 * BATCH);
  }));

Deno.test("each of its permissions is needed", () =>
  withCollectors(async ({ untilSaid, dataDir }) => {
    const { stored } = await createKey({ storeId: "north", now: new Date() });
    await writeKeyFile(`${dataDir}/keys.json`, [stored]);
    const env = { COLLECT_HOST: "0.0.0.0", LOG_LEVEL: "debug" };
    await untilSaid({ env, flags: ["--deny-net"] }, /Requires net access/);
    await untilSaid({ env, flags: ["--deny-env"] }, /Requires env access/);
    await untilSaid(
      { env, flags: [`--deny-read=${dataDir}/keys.json`] },
      /Requires read access|without a write key/,
    );
  }));

async function post(
  url: string,
  body: string | Uint8Array<ArrayBuffer>,
  headers: Readonly<Record<string, string>> = {},
): Promise<number> {
  try {
    const response = await fetch(`${url}/v1/events`, { method: "POST", body, headers });
    await response.body?.cancel();
    return response.status;
  } catch {
    // Turned away while it was still sending.
    return 413;
  }
}

/** Says that it has a body, and does not send it; answers the status that it is given up with. */
async function slowClient(port: number): Promise<number> {
  using connection = await Deno.connect({ hostname: "127.0.0.1", port });
  const request = `POST /v1/events HTTP/1.1\r\nhost: localhost\r\ncontent-length: 1000\r\n\r\n[`;
  await connection.write(new TextEncoder().encode(request));
  const answer = new Uint8Array(1_000);
  const length = await connection.read(answer) ?? 0;
  return Number(new TextDecoder().decode(answer.subarray(0, length)).split(" ")[1]);
}

async function residentBytes(pid: number): Promise<number> {
  const { stdout } = await new Deno.Command("ps", { args: ["-o", "rss=", "-p", String(pid)] }).output();
  return Number(new TextDecoder().decode(stdout)) * 1_024;
}
