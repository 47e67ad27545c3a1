import assert from "node:assert/strict";
import { directoryBytes, formatBytes } from "./disk.ts";

Deno.test("a folder is as large as the files below it, and one that isn't there has nothing", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.mkdir(`${folder}/a/b`, { recursive: true });
    await Deno.writeTextFile(`${folder}/a/one`, "12345");
    await Deno.writeTextFile(`${folder}/a/b/two`, "123");
    assert.equal(await directoryBytes(folder), 8);
    assert.equal(await directoryBytes(`${folder}/none`), 0);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("sizes are shown in the unit that fits", () => {
  const shown = [0, 1_023, 1_536, 5 * 1_024 ** 2, 3 * 1_024 ** 3, 2_048 * 1_024 ** 4].map(formatBytes);
  assert.deepEqual(shown, ["0 B", "1023 B", "1.5 KB", "5.0 MB", "3.0 GB", "2048.0 TB"]);
});
