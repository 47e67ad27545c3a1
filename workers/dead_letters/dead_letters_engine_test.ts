import assert from "node:assert/strict";
import { MINUTE_MS } from "@countinghouse/core";
import { type NewRecord, writeRefusedAtDoor } from "@countinghouse/log";
import { HotRedriveBook } from "./hot_redrive_book.ts";
import { CLAIM_MS, type Verdict } from "./redrive_book.ts";
import { eventJson } from "./testing/letters.ts";
import { PARTITIONS, withShop } from "./testing/shop.ts";

/** In the past, and the same minute for every event of a test. */
const EVENT_TS = new Date(Date.now() - 10 * MINUTE_MS).toISOString();
const bytes = (text: string) => new TextEncoder().encode(text);

/** Good events, and one in ten spoilt in a way that an edit can mend. */
function records(count: number): NewRecord[] {
  return Array.from({ length: count }, (_, n) => {
    const event = eventJson(`e${n}`, { event_ts: EVENT_TS, ...(n % 10 === 0 ? { price: "cheap" } : {}) });
    return { key: bytes(`u-e${n}`), value: bytes(event) };
  });
}

Deno.test("letters are listed, shown, mended and sent again, and each is counted once", async () => {
  await withShop(async ({ log, topics, folder, command, books }) => {
    await log.append(topics.events, records(40));
    await log.append(topics.events, [{ key: null, value: bytes("spoilt"), partition: 1 }]);
    await writeRefusedAtDoor(log, topics.deadLetters, [{
      key: null,
      value: bytes(eventJson("late-fix", { event_ts: EVENT_TS })),
      refusal: { code: "wrong_type", field: "items", reason: "Cannot read items, as an older decoder said" },
      origin: "ingest",
    }]);
    const refused = { read: 41, counted: 36, duplicates: 0, dead_lettered: 5, held: 36 };
    assert.deepEqual(await books(), refused);

    const list = await command();
    assert.equal(list.code, 0, list.err);
    assert.match(list.out, /not_json +-\n +Cannot read .*\n +spoilt\n/);
    assert.match(list.out, /6 dead letters, 0 of them re-driven\n[^]* 4 +0 {2}\w+ +price\n/);
    const json = await command("list", "--json", "--all", "--field", "price");
    const priced = json.out.trim().split("\n").map((line) => JSON.parse(line));
    assert.deepEqual(priced.map(({ value }) => JSON.parse(value).event_id).sort(), [
      "e0",
      "e10",
      "e20",
      "e30",
    ]);
    const [first] = priced;
    assert.equal((await command("show", first.letter)).out, first.value);

    const dry = await command("redrive", "--all", "--dry-run");
    assert.match(dry.out, /\n1 would be sent, 0 sent before, 5 still refused\n$/);
    assert.deepEqual(await books(), refused);

    const [one, two] = await Promise.all([command("redrive", "--all"), command("redrive", "--all")]);
    const sent = [one, two].map(({ out }) => Number(/(\d+) sent, /.exec(out)?.[1]));
    assert.equal(sent[0]! + sent[1]!, 1, one.out + two.out);
    await Deno.writeTextFile(`${folder}/mended.json`, first.value.replace('"cheap"', "9.99"));
    const edited = await command("redrive", first.letter, "--edit", "mended.json");
    assert.match(edited.out, /\n1 sent, /);
    const again = await command("redrive", first.letter, "--edit", "mended.json");
    assert.match(again.out, /was sent before\n0 sent, 1 sent before/);
    assert.match((await command("redrive", "--all")).out, /0 sent, 1 sent before, 5 still refused/);

    assert.deepEqual(await books(), { read: 43, counted: 38, duplicates: 0, dead_lettered: 5, held: 38 });
    const marked = await command("list", "--all");
    assert.equal(marked.out.match(/\(re-driven\)/g)?.length, 2);
    assert.match(marked.out, /6 dead letters, 2 of them re-driven/);
  });
});

Deno.test("a redrive that is killed at any time and run again counts every event once", async () => {
  await withShop(async ({ log, store, topics, command, books }) => {
    const letters = 400;
    await writeRefusedAtDoor(
      log,
      topics.deadLetters,
      Array.from({ length: letters }, (_, n) => ({
        key: null,
        value: bytes(eventJson(`e${n}`, { event_ts: EVENT_TS })),
        refusal: { code: "wrong_type", field: "items", reason: "as an older decoder said" },
        origin: "collect",
      })),
    );
    // What a run leaves that was killed after some appends and before it could confirm any.
    const book = new HotRedriveBook(store.database, () => Date.now() - CLAIM_MS);
    const claims = Array.from({ length: 100 }, (_, n) => ({
      letter: `${PARTITIONS}:${n}`,
      eventId: `e${n}`,
      edited: false,
      ends: Array.from({ length: PARTITIONS }, () => 0 as never),
    }));
    await book.claim(claims);
    await log.append(
      topics.events,
      claims.slice(0, 50).map(({ letter, eventId }) => ({
        key: bytes(`default/u-${eventId}`),
        value: bytes(eventJson(eventId, { event_ts: EVENT_TS })),
        headers: { redriven: letter },
      })),
    );
    const { code, out, err } = await command("redrive", "--code", "wrong_type");
    assert.equal(code, 0, err);
    assert.match(out, new RegExp(`\\n${letters} sent, 0 sent before, 0 still refused\\n$`));
    const expected = { read: letters, counted: letters, duplicates: 0, dead_lettered: 0, held: letters };
    assert.deepEqual(await books(), expected);
  });
});

Deno.test("a letter that is not there is told", async () => {
  await withShop(async ({ command }) => {
    const missing = await command("show", "0:5");
    assert.equal(missing.code, 1);
    assert.equal(
      missing.err.trim(),
      "Cannot find dead letter 0:5: its partition holds offsets from 0 to below 0",
    );
    assert.match((await command("show", "77:0")).err, /has no such partition/);
    assert.match(
      (await command("redrive", "0:0", "--edit", "nowhere.json")).err,
      /Cannot read --edit nowhere.json/,
    );
  });
});

Deno.test("of several runs that claim a letter at the same time, one is granted it", async () => {
  await withShop(async ({ store }) => {
    let nowMs = Date.now();
    const runs = Array.from({ length: 5 }, () => new HotRedriveBook(store.database, () => nowMs));
    const claim = (letter: string) => [{ letter, eventId: "e", edited: false, ends: [7 as never] }];
    const claimAll = async (letter: string): Promise<Verdict["kind"][]> =>
      (await Promise.all(runs.map((run) => run.claim(claim(letter))))).map(([verdict]) => verdict!.kind)
        .sort();
    assert.deepEqual(await claimAll("0:1"), ["busy", "busy", "busy", "busy", "granted"]);
    nowMs += CLAIM_MS;
    assert.deepEqual(await claimAll("0:1"), ["broken_off", "busy", "busy", "busy", "busy"]);
    await runs[0]!.confirm(["0:1"]);
    assert.deepEqual(await claimAll("0:1"), Array(5).fill("sent"));
    assert.deepEqual(await runs[1]!.states(), new Map([["0:1", "sent"]]));
  });
});
