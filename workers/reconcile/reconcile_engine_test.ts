import assert from "node:assert/strict";
import { MINUTE_MS, minuteStart } from "@countinghouse/core";
import { collections, listOpenAlarms, listRestatements } from "@countinghouse/hot";
import { comparisonsOf } from "./testing/reconcile_once.ts";
import { until, withReconciledShop } from "./testing/reconciled_shop.ts";
import { everyoneAt, purchase, sent, shopRecords } from "./testing/shop_records.ts";

const HOUR_MS = 60 * MINUTE_MS;
/** Six hours ago: long over, and not yet expiring. */
const startMs = minuteStart(Date.now() - 6 * HOUR_MS);
const ALL = { fromMs: startMs - HOUR_MS, toMs: startMs + 12 * HOUR_MS };

Deno.test("with duplicates, late and poison records every final minute is equal in all three stores", () =>
  withReconciledShop({ startMs }, async (shop) => {
    await shop.take(shopRecords({ seconds: 3_600, startMs }));
    await shop.take(everyoneAt(startMs + 2 * HOUR_MS));
    const { lake, checks, lookTwice } = comparisonsOf(shop);
    const { compared } = await lookTwice(ALL);
    assert.ok(compared > 100, `only ${compared} minutes were compared`);
    assert.equal(await lake.look(Date.now()), compared);
    for (const pair of ["warehouse", "lake"] as const) {
      assert.deepEqual(await checks.tally(pair), { equal: compared, repaired: 0, differs: 0, waiting: 0 });
    }
    assert.equal(await collections(shop.hot.database).corrections.countDocuments(), 0);
    assert.equal((await lookTwice(ALL)).compared, 0, "what was checked is not compared again");
  }));

Deno.test("a copy that the rollup could not know is taken back, and the minute says that it was restated", () =>
  withReconciledShop({ startMs, dedup: { horizonMs: 30 * MINUTE_MS, maxIds: 1_000 } }, async (shop) => {
    const order = { id: "p1", type: "purchase", user: "anna", cents: 1_999, order: "o1" };
    await shop.take([
      ...everyoneAt(startMs),
      purchase({ ...order, timeMs: startMs + 1_000 }),
      purchase({ ...order, id: "p2", order: "o2", cents: 501, timeMs: startMs + 2_000 }),
    ]);
    await shop.take(everyoneAt(startMs + HOUR_MS));
    await shop.take([
      // The same event again; and the same order under another event_id, by somebody who wasn't there before.
      purchase({ ...order, timeMs: startMs + 1_000, atMs: startMs + 2 * HOUR_MS }),
      purchase({ ...order, id: "p3", user: "ben", timeMs: startMs + 3_000, atMs: startMs + 2 * HOUR_MS }),
    ]);
    await shop.take(everyoneAt(startMs + 3 * HOUR_MS));
    const range = { storeId: "default", startMs, endMs: startMs + MINUTE_MS };
    const [before] = await shop.reader.windows(range);
    assert.equal(before!.metrics.purchases, 4);
    const users = before!.metrics.unique_users;

    const { lookTwice, warehouse, checks } = comparisonsOf(shop);
    assert.equal((await lookTwice(ALL)).repaired, 1);
    const [after] = await shop.reader.windows(range);
    assert.equal(after!.status, "restated");
    assert.equal(after!.metrics.purchases, 2);
    assert.equal(after!.metrics.unique_users, users - 1);
    assert.equal(after!.metrics.by_currency["EUR"]!.revenue_minor, 2_500);
    assert.equal(after!.performance.latency_ms_p99, 0);
    const asked = { storeId: "default", fromMs: startMs, toMs: startMs + MINUTE_MS, withFunnel: true };
    const facts = await warehouse.minutes(asked);
    assert.equal(after!.metrics.events, facts.get(startMs)!.counts.events);

    const [restatement, ...others] = await listRestatements(shop.hot.database, { limit: 10 });
    assert.deepEqual(others, []);
    assert.deepEqual(
      new Set(restatement!.reasons),
      new Set(["old_duplicate", "duplicate_across_partitions"]),
    );
    assert.deepEqual(new Set(restatement!.events.map(({ event_id }) => event_id)), new Set(["p1", "p3"]));
    const changes = new Map(restatement!.changes.map(({ metric, from, to }) => [metric, [from, to]]));
    assert.deepEqual(changes.get("purchases"), [4, 2]);
    assert.deepEqual(changes.get("gross_revenue_minor.EUR"), [6_498, 2_500]);

    await lookTwice(ALL);
    assert.deepEqual(await listOpenAlarms(shop.hot.database, { limit: 10 }), []);
    assert.equal((await checks.tally("warehouse")).differs, 0);
    assert.equal(
      (await listRestatements(shop.hot.database, { limit: 10 })).length,
      1,
      "nothing is restated twice",
    );

    // As after a kill between recording the restatement and putting the correction in place.
    await collections(shop.hot.database).corrections.deleteMany({});
    assert.equal((await lookTwice(ALL)).repaired, 1);
    assert.equal((await listRestatements(shop.hot.database, { limit: 10 })).length, 1, "it is the same one");

    // A late event comes to the corrected minute, by the user whom the correction had taken back.
    await shop.take([
      purchase({
        ...order,
        id: "p4",
        user: "ben",
        order: "o4",
        timeMs: startMs + 9_000,
        atMs: startMs + 4 * HOUR_MS,
      }),
      ...everyoneAt(startMs + 4 * HOUR_MS),
    ]);
    // Cohorts are written less often than minutes, so that the first looks may come too early.
    await until("the user counts again", async () => {
      await lookTwice(ALL);
      const [again] = await shop.reader.windows(range);
      return again!.metrics.purchases === 3 && again!.metrics.unique_users === users;
    });
  }));

Deno.test("an event that came after its session was let go of has it counted once again", () =>
  withReconciledShop({ startMs }, async (shop) => {
    const user = "carla";
    await shop.take([
      ...everyoneAt(startMs),
      sent({ id: "c1", user, timeMs: startMs + 1_000 }),
      sent({ id: "c2", user, type: "add_to_cart", timeMs: startMs + 2_000 }),
    ]);
    for (const hours of [1, 2, 3]) await shop.take(everyoneAt(startMs + hours * HOUR_MS));
    await shop.take([
      sent({ id: "c3", user, type: "begin_checkout", timeMs: startMs + 62_000, atMs: startMs + 3 * HOUR_MS }),
      ...everyoneAt(startMs + 3 * HOUR_MS + MINUTE_MS),
    ]);
    const { cohorts, corrections } = collections(shop.hot.database);
    // Cohorts are written less often than the books, which say that all was taken.
    await until("the rollup sees a second session", async () => {
      const began = await cohorts.find({ minute: new Date(startMs + MINUTE_MS) }).toArray();
      return began.reduce((sum, { started }) => sum + started, 0) === 1;
    });

    const { lookTwice } = comparisonsOf(shop);
    assert.equal((await lookTwice(ALL)).repaired, 2);
    const found = await corrections.find().sort({ _id: 1 }).toArray();
    assert.deepEqual(found.map(({ cohort }) => [cohort.started, ...cohort.reached]), [
      [0, 0, 0, 1, 0],
      [-1, 0, 0, 0, 0],
    ]);
    for (const { reasons, events } of await listRestatements(shop.hot.database, { limit: 10 })) {
      assert.deepEqual(reasons, ["late_event"]);
      assert.deepEqual(events.map(({ event_id }) => event_id), ["c3"]);
    }
    assert.equal((await lookTwice(ALL)).repaired, 0);
    assert.deepEqual(await listOpenAlarms(shop.hot.database, { limit: 10 }), []);
  }));

Deno.test("a document altered by hand is an alarm and not repaired, and the alarm closes when it is undone", () =>
  withReconciledShop({ startMs }, async (shop) => {
    await shop.take(shopRecords({ seconds: 600, startMs }));
    await shop.take(everyoneAt(startMs + 2 * HOUR_MS));
    const { lookTwice } = comparisonsOf(shop);
    await lookTwice(ALL);
    const { minutes, corrections } = collections(shop.hot.database);
    const victim = await minutes.findOne({ "counts.events": { $gt: 5 } });
    await minutes.updateOne({ _id: victim!._id }, { $inc: { "counts.purchases": 1 } });

    await lookTwice(ALL);
    const [alarm, ...others] = await listOpenAlarms(shop.hot.database, { limit: 10 });
    assert.deepEqual(others, []);
    const found = victim!.counts.purchases;
    assert.equal(alarm!.minute.getTime(), victim!.minute.getTime());
    assert.equal(alarm!.differences[0]!.metric, "purchases");
    assert.match(alarm!.reason, new RegExp(`purchases is ${found + 1} and the log gives ${found}`));
    assert.equal(await corrections.countDocuments(), 0);

    await minutes.updateOne({ _id: victim!._id }, { $inc: { "counts.purchases": -1 } });
    await lookTwice(ALL);
    assert.deepEqual(await listOpenAlarms(shop.hot.database, { limit: 10 }), []);
  }));

Deno.test("a minute that vanished from the hot store is an alarm", () =>
  withReconciledShop({ startMs }, async (shop) => {
    await shop.take(shopRecords({ seconds: 300, startMs }));
    await shop.take(everyoneAt(startMs + 2 * HOUR_MS));
    const { lookTwice } = comparisonsOf(shop);
    await lookTwice(ALL);
    await collections(shop.hot.database).minutes.deleteMany({ minute: new Date(startMs), store: "nord" });
    await lookTwice(ALL);
    const [alarm] = await listOpenAlarms(shop.hot.database, { limit: 10 });
    assert.match(alarm!.reason, /there is no document/);
  }));
