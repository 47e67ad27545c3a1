import { deepEqual } from "node:assert/strict";
import fc from "fast-check";
import { splitEvents } from "./split_events.ts";

const split = (text: string) =>
  splitEvents(new TextEncoder().encode(text)).map((piece) => new TextDecoder().decode(piece));
const object = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 }));

Deno.test("an array of any objects is cut into exactly these, however it is laid out", () => {
  fc.assert(fc.property(fc.array(object), fc.constantFrom(0, 2), (objects, indent) => {
    const pieces = split(JSON.stringify(objects, null, indent));
    deepEqual(pieces.map((piece) => JSON.parse(piece)), JSON.parse(JSON.stringify(objects)));
  }));
});

Deno.test("lines of any objects are cut into exactly these", () => {
  fc.assert(fc.property(fc.array(object), fc.constantFrom("\n", "\r\n", "\n\n"), (objects, lineBreak) => {
    const lines = objects.map((one) => JSON.stringify(one));
    deepEqual(split(lines.join(lineBreak)), lines);
  }));
});

Deno.test("one object on many lines is one piece", () => {
  fc.assert(fc.property(object, (one) => {
    const text = JSON.stringify(one, null, 2);
    deepEqual(split(` ${text}\n`), [text]);
  }));
});

Deno.test("any bytes are cut into pieces of them, in order, without an end that is never found", () => {
  const bytes = fc.array(fc.constantFrom(...'[]{}",\\ \n\ra1'), { maxLength: 60 }).map((parts) =>
    parts.join("")
  );
  fc.assert(
    fc.property(bytes, (text) => {
      let at = 0;
      for (const piece of split(text)) {
        const found = text.indexOf(piece, at);
        if (found < 0) {
          throw new Error(`${JSON.stringify(piece)} is not in the rest of ${JSON.stringify(text)}`);
        }
        at = found + piece.length;
      }
    }),
    { numRuns: 2_000 },
  );
});

Deno.test("a broken line costs only itself; a broken array is one piece, for the decoder to refuse", () => {
  deepEqual(split('{"a":1\n{"b":2}'), ['{"a":1', '{"b":2}']);
  deepEqual(split('[{"a":1},{"b":2}'), ['[{"a":1},{"b":2}']);
  deepEqual(split('[{"a":1}] tail'), ['[{"a":1}] tail']);
  deepEqual(split('[{"a":1}{"b":2}]'), ['{"a":1}{"b":2}']);
  deepEqual(split("[,]"), ["", ""]);
});

Deno.test("a byte order mark and blanks around are no part of an event", () => {
  deepEqual(split('\uFEFF [ {"a":1} , {"b":2} ] \n'), ['{"a":1}', '{"b":2}']);
  deepEqual(split(" \r\n "), []);
});
