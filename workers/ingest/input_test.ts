import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { type ByteSource, InputError, readInput } from "./input.ts";

/** A source that hands out a few bytes at a time, as a slow pipe does. */
function trickling(bytes: Uint8Array, atATime: number): ByteSource {
  let at = 0;
  return {
    read(buffer) {
      if (at === bytes.length) return Promise.resolve(null);
      const piece = bytes.subarray(at, at + Math.min(atATime, buffer.length));
      buffer.set(piece);
      at += piece.length;
      return Promise.resolve(piece.length);
    },
  };
}

async function read(bytes: Uint8Array, atATime = 1_000): Promise<{ text: string; bytesRead: number }> {
  let bytesRead = 0;
  const chunks = await Array.fromAsync(readInput(trickling(bytes, atATime), (count) => bytesRead += count));
  return { text: await new Blob(chunks as BlobPart[]).text(), bytesRead };
}

const utf8 = (text: string) => new TextEncoder().encode(text);

Deno.test("plain bytes come through, and all of them are counted", async () => {
  for (const text of ["", "a", "ab", "hello\n".repeat(5_000)]) {
    assert.deepEqual(await read(utf8(text)), { text, bytesRead: text.length });
  }
});

Deno.test("gzip is told by its first bytes, also when they come one at a time, and of several members", async () => {
  const text = "hello\n".repeat(5_000);
  const zipped = gzipSync(text);
  for (const atATime of [1, 7, 100_000]) {
    assert.deepEqual(await read(zipped, atATime), { text, bytesRead: zipped.length });
  }
  assert.equal((await read(new Uint8Array([...zipped, ...gzipSync("more")]))).text, text + "more");
});

Deno.test("a byte order mark is left out, plain or zipped, and only at the beginning", async () => {
  const withBom = new Uint8Array([0xef, 0xbb, 0xbf, ...utf8("a"), 0xef, 0xbb, 0xbf]);
  for (const bytes of [withBom, gzipSync(withBom)]) {
    const chunks = await Array.fromAsync(readInput(trickling(bytes, 1), () => {}));
    assert.deepEqual([...Uint8Array.from(chunks.flatMap((chunk) => [...chunk]))], [0x61, 0xef, 0xbb, 0xbf]);
  }
});

Deno.test("a damaged or cut off gzip stream is told", async () => {
  const zipped = gzipSync("hello\n".repeat(5_000));
  await assert.rejects(read(zipped.subarray(0, zipped.length - 9)), InputError);
  const damaged = Uint8Array.from(zipped, (byte, at) => at === zipped.length - 6 ? byte ^ 1 : byte);
  await assert.rejects(read(damaged), /the gzip stream is damaged/);
});
