import { deepEqual, equal, match, rejects, throws } from "node:assert/strict";
import { createLogger } from "@countinghouse/shared/telemetry";
import { KeyFileError, openKeyFile, readKeyFile } from "./key_file.ts";
import { parseSpan } from "./keys.ts";

const KEYS = new URL("./keys.ts", import.meta.url).pathname;

async function withFolder(test: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function keysTask(folder: string, ...args: string[]) {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-prompt", "--permission-set=keys", KEYS, ...args],
    env: { COLLECT_KEYS_FILE: `${folder}/deep/keys.json`, NO_COLOR: "1" },
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes).trim();
  return { code, out: text(stdout), err: text(stderr) };
}

Deno.test("a key is made, listed, found and ended", () =>
  withFolder(async (folder) => {
    const made = await keysTask(folder, "create", "--store", "north", "--label", "web shop");
    equal(made.code, 0, made.err);
    match(made.out, /^chk_[\w-]{43}$/);
    const path = `${folder}/deep/keys.json`;
    equal((await Deno.stat(path)).mode! & 0o777, 0o600);
    equal((await Deno.readTextFile(path)).includes(made.out), false);

    let nowMs = Date.now();
    const store = await openKeyFile(path, createLogger("error"), () => nowMs);
    const [key] = await readKeyFile(path);
    equal((await (await store.ring()).find(made.out, nowMs))?.store_id, "north");
    match(
      (await keysTask(folder, "list")).out,
      new RegExp(`^${key!.id}  north  web shop  made \\S+  valid$`),
    );

    equal((await keysTask(folder, "revoke", key!.id)).code, 0);
    nowMs = Date.now() + 2_000;
    const ring = await store.ring();
    equal(await ring.find(made.out, nowMs), undefined);
    equal(ring.isEmpty, false);
  }));

Deno.test("a file that goes away or breaks leaves the keys in force as they were", () =>
  withFolder(async (folder) => {
    const { out } = await keysTask(folder, "create", "--store", "north");
    const path = `${folder}/deep/keys.json`;
    let nowMs = Date.now();
    const lines: string[] = [];
    const store = await openKeyFile(path, createLogger("warn", (line) => lines.push(line)), () => nowMs);
    const stillKnown = async () => await (await store.ring()).find(out, nowMs) !== undefined;
    await Deno.writeTextFile(path, '{"write_keys":[{"id":7}]}');
    nowMs += 2_000;
    equal(await stillKnown(), true);
    match(lines[0]!, /The write keys stay as they were/);
    await Deno.remove(path);
    nowMs += 2_000;
    equal(await stillKnown(), true);
  }));

Deno.test("a file with something else in it stops the start; no file is no keys", () =>
  withFolder(async (folder) => {
    deepEqual(await readKeyFile(`${folder}/none.json`), []);
    for (const text of ["", "[]", '{"keys":[]}', '{"write_keys":[{"id":"x"}]}']) {
      await Deno.writeTextFile(`${folder}/keys.json`, text);
      await rejects(readKeyFile(`${folder}/keys.json`), KeyFileError, text);
    }
  }));

Deno.test("what can't be carried out says why, and ends with 2", () =>
  withFolder(async (folder) => {
    match((await keysTask(folder, "create")).err, /without --store/);
    match((await keysTask(folder, "revoke", "abc")).err, /Cannot find a key with the id abc/);
    equal((await keysTask(folder, "burn")).code, 2);
  }));

Deno.test("a span is a number with a unit", () => {
  deepEqual(["90m", "48h", "7d"].map(parseSpan), [5_400_000, 172_800_000, 604_800_000]);
  for (const text of ["", "7", "d", "-1d", "1.5h", "7 d"]) throws(() => parseSpan(text), /Cannot read --in/);
});
