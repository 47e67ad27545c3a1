import assert from "node:assert/strict";
import { Binary } from "mongodb";
import { collections, type HotStore, type MemberChunkDocument, openHotStore } from "@countinghouse/hot";
import { minuteDocument } from "@countinghouse/hot/fixture";
import { loadSettings } from "@countinghouse/shared/config";
import { loadEndpoints } from "@countinghouse/shared/endpoints";
import { finding } from "./finding.ts";
import { HotWindowDocuments } from "./hot_window_documents.ts";
import { EVERYTHING } from "./scope.ts";

const minute = { ...minuteDocument({ minuteMs: 0, through: 9, closed: true }), member_chunks: 2 };
const id = minute._id;
const chunks = [0, 1].map((part): MemberChunkDocument => ({
  _id: `${id}/9/${part}`,
  minute_id: id,
  through: 9,
  part,
  users: new Binary(new Uint8Array([part, 1])),
  sessions: new Binary(new Uint8Array([part, 2])),
  touched: new Date(0),
}));

async function withDocuments(test: (documents: HotWindowDocuments, store: HotStore) => Promise<void>) {
  const address = new URL(loadEndpoints(loadSettings()).mongoUri);
  address.pathname = `/test_${crypto.randomUUID().slice(0, 8)}`;
  const store = openHotStore(address.href);
  try {
    await test(new HotWindowDocuments(store.database), store);
  } finally {
    await store.database.dropDatabase();
    await store.close();
  }
}

const readOne = async (documents: HotWindowDocuments) => (await documents.read("minutes", [id])).get(id);

Deno.test("members that are stored in chunks are part of a minute: compared, put and removed with it", async () => {
  await withDocuments(async (documents, { database }) => {
    const { minutes, members } = collections(database);
    await documents.put("minutes", minute, chunks, undefined);
    assert.deepEqual(await minutes.findOne({ _id: id }), minute);
    const right = (await readOne(documents))!;
    assert.deepEqual(await documents.chunks(right), chunks);

    await members.updateOne({ _id: chunks[1]!._id }, { $set: { users: new Binary(new Uint8Array([7, 7])) } });
    const damaged = await readOne(documents);
    assert.equal(finding(damaged, right), "changed");
    await documents.put("minutes", right, chunks, damaged);
    assert.equal(finding(await readOne(documents), right), undefined);
    await members.deleteOne({ _id: chunks[0]!._id });
    assert.equal(finding(await readOne(documents), right), "changed");

    await documents.remove("minutes", right);
    assert.deepEqual([await readOne(documents), await members.countDocuments()], [undefined, 0]);
  });
});

Deno.test("a document that has moved on since it was seen is neither replaced nor removed", async () => {
  await withDocuments(async (documents, { database }) => {
    const { minutes } = collections(database);
    const moved = { ...minuteDocument({ minuteMs: 0, through: 20 }) };
    await minutes.insertOne(moved);
    await documents.put("minutes", { ...moved, through: 9 }, [], { ...moved, through: 5 });
    await documents.remove("minutes", { ...moved, through: 5 });
    assert.deepEqual(await readOne(documents), moved);
    await documents.put("minutes", { ...moved, through: 9 }, [], moved);
    assert.equal((await readOne(documents))?.through, 9);
  });
});

Deno.test("ids are those of a partition, an interval and a store, in pages", async () => {
  await withDocuments(async (documents, { database }) => {
    const { minutes } = collections(database);
    const all = Array.from(
      { length: 250 },
      (_, at) => minuteDocument({ minuteMs: at * 60_000, partition: at % 2 }),
    );
    await minutes.insertMany([...all, minuteDocument({ minuteMs: 0, store: "nord" })]);
    const ids = async (scope = EVERYTHING, partition = 0) =>
      (await Array.fromAsync(documents.ids("minutes", partition, scope))).flat();
    assert.equal((await ids()).length, 126);
    assert.deepEqual(await ids({ fromMs: 60_000, toMs: 240_000 }, 1), [all[1]!._id, all[3]!._id]);
    assert.equal((await ids({ ...EVERYTHING, store: "nord" })).length, 1);
    assert.deepEqual(await documents.which("minutes", [all[0]!._id, "none"]), new Set([all[0]!._id]));
  });
});
