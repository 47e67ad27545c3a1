import assert from "node:assert/strict";
import { LogFile, tail } from "./log_file.ts";

Deno.test("lines are appended, also after the file was closed and opened again", async () => {
  const folder = await Deno.makeTempDir();
  try {
    for (const line of ["one", "two"]) {
      const log = new LogFile(`${folder}/a.log`);
      log.write(line);
      log.close();
    }
    assert.equal(await Deno.readTextFile(`${folder}/a.log`), "one\ntwo\n");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("a file that would grow past its size is set aside, and only one such is kept", async () => {
  const folder = await Deno.makeTempDir();
  const log = new LogFile(`${folder}/a.log`, 10);
  try {
    for (const line of ["first", "second", "third"]) log.write(line);
    assert.equal(await Deno.readTextFile(`${folder}/a.log`), "third\n");
    assert.equal(await Deno.readTextFile(`${folder}/a.log.previous`), "second\n");
  } finally {
    log.close();
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("the tail is the last lines, and empty where nothing was written", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${folder}/a.log`, "1\n2\n3\n");
    assert.equal(await tail(`${folder}/a.log`, 2), "2\n3");
    assert.equal(await tail(`${folder}/none.log`), "");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
