import assert from "node:assert/strict";
import type { Offset } from "@countinghouse/core";
import { type Difference, type RebuildOptions, rebuildWindows } from "./rebuild_windows.ts";
import { EVERYTHING } from "./scope.ts";
import { modelAt, ModelStore } from "./testing/model_store.ts";
import { type Kind, KINDS, type WindowDocument } from "./window_documents.ts";

const END = 10_000;

/** A live store, its shadow, and how a worker moves the live one on each time that the replay looks at anything. */
function fixture({ startAt = 500, moves = () => {} }: {
  startAt?: number;
  moves?: (live: ModelStore, at: { offset: number }) => void;
} = {}) {
  const [live, shadow] = [new ModelStore(), new ModelStore()];
  const at = { offset: startAt };
  live.advanceTo(at.offset);
  const moving = <T>(answer: T): T => (moves(live, at), answer);
  const fold = {
    through: 0 as Offset,
    foldTo(target: Offset): Promise<void> {
      if (target > fold.through) shadow.advanceTo(fold.through = target);
      return Promise.resolve();
    },
  };
  const found: string[] = [];
  const rebuild = (options: Partial<RebuildOptions> = {}) =>
    rebuildWindows({
      partition: 0,
      scope: EVERYTHING,
      live,
      shadow,
      fold,
      position: () => Promise.resolve(moving(at.offset) as Offset),
      end: () => Promise.resolve(END as Offset),
      looks: 3,
      settle: () => Promise.resolve(moving(undefined)),
      isExpired: () => false,
      dryRun: false,
      tell: ({ kind, finding, live, right }: Difference) =>
        found.push(`${kind} ${(live ?? right)!.minute.getTime() / 60_000} ${finding}`),
      ...options,
    });
  const idOf = (minute: number) => modelAt("minutes", minute, END)!._id;
  const damage = (kind: Kind, minute: number, change: Partial<WindowDocument>) => {
    const document = live.documents[kind].get(idOf(minute))!;
    live.documents[kind].set(document._id, { ...document, ...change } as WindowDocument);
  };
  const equal = () => {
    for (const kind of KINDS) assert.deepEqual(live.documents[kind], shadow.documents[kind]);
  };
  return { live, shadow, at, found, rebuild, idOf, damage, equal };
}

Deno.test("what is as the log says is left alone", async () => {
  const { rebuild, found, equal } = fixture();
  assert.deepEqual(await rebuild(), { compared: 36, changed: 0, missing: 0, surplus: 0, unsettled: 0 });
  assert.deepEqual(found, []);
  equal();
});

Deno.test("damage of every sort is found and repaired", async () => {
  const { live, rebuild, found, damage, idOf, equal } = fixture();
  damage("minutes", 1, { touched: new Date(0) });
  damage("minutes", 2, { through: END + 5 });
  damage("cohorts", 3, { through: 1 });
  damage("breakdowns", 4, { through: 499 });
  live.documents.cohorts.delete(idOf(5));
  const invented = { ...live.documents.minutes.get(idOf(6))!, _id: `${idOf(6)}x` };
  live.documents.minutes.set(invented._id, invented);
  const tally = await rebuild();
  assert.deepEqual(tally, { compared: 37, changed: 4, missing: 1, surplus: 1, unsettled: 0 });
  assert.deepEqual(found.sort(), [
    "breakdowns 4 changed",
    "cohorts 3 changed",
    "cohorts 5 missing",
    "minutes 1 changed",
    "minutes 2 changed",
    "minutes 6 surplus",
  ]);
  equal();
});

Deno.test("a dry run finds the same and changes nothing", async () => {
  const { live, rebuild, found, damage, idOf } = fixture();
  damage("minutes", 1, { touched: new Date(0) });
  live.documents.cohorts.delete(idOf(5));
  const before = structuredClone(live.documents);
  const { changed, missing } = await rebuild({ dryRun: true });
  assert.deepEqual([changed, missing, found.length], [1, 1, 2]);
  assert.deepEqual(live.documents, before);
});

Deno.test("a document whose time is over is not brought back", async () => {
  const { live, rebuild, idOf } = fixture();
  live.documents.minutes.delete(idOf(3));
  const gone = modelAt("minutes", 3, 500)!;
  const isExpired = ({ touched }: WindowDocument) => touched.getTime() === gone.touched.getTime();
  assert.equal((await rebuild({ isExpired })).missing, 0);
  assert.equal(live.documents.minutes.has(idOf(3)), false);
});

for (let seed = 1; seed <= 20; seed++) {
  Deno.test(`while a worker writes, nothing is mistaken for damage, and damage is repaired: seed ${seed}`, async () => {
    let state = seed;
    const below = (most: number) => (state = (state * 48_271) % 2_147_483_647) % most;
    // Minutes are written at once, the others only at every other move.
    const moves = (live: ModelStore, at: { offset: number }) => {
      at.offset = Math.min(END - 1, at.offset + below(40));
      live.advanceTo(at.offset, below(2) === 0 ? ["minutes"] : KINDS);
    };
    const { live, rebuild, found, damage, idOf, at } = fixture({ moves });
    const [kind, minute] = [KINDS[below(3)]!, below(12)];
    damage(kind, minute, { through: below(2) === 0 ? END + 1 : 480 });
    const deleted = (minute + 1) % 12;
    live.documents.minutes.delete(idOf(deleted));
    const { unsettled } = await rebuild({ settle: () => Promise.resolve(live.advanceTo(at.offset)) });
    assert.equal(unsettled, 0);
    const innocent = found.filter((line) =>
      !line.startsWith(`${kind} ${minute} `) && !line.startsWith(`minutes ${deleted} `)
    );
    assert.deepEqual(innocent, []);
    live.advanceTo(END);
    const right = new ModelStore();
    right.advanceTo(END);
    assert.deepEqual(live.documents, right.documents);
  });
}

Deno.test("a worker that writes something wrong again and again is told", async () => {
  let writes = 0;
  const { rebuild, damage } = fixture({ moves: () => damage("minutes", 1, { touched: new Date(++writes) }) });
  assert.deepEqual((await rebuild()).unsettled, 1);
});
