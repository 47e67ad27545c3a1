import assert from "node:assert/strict";
import type { Offset } from "@countinghouse/core";
import fc from "fast-check";
import { insertChunks } from "./insert_chunk.ts";

const row = (offset: number, appendTime: string, characters = 1) => ({
  offset: offset as Offset,
  appendTimeMs: Date.parse(appendTime),
  json: "x".repeat(characters),
});

const sizes = (rows: Parameters<typeof insertChunks>[0], limits: Parameters<typeof insertChunks>[1]) =>
  [...insertChunks(rows, limits)].map((chunk) => chunk.length);

Deno.test("rows of one month stay together up to the limits", () => {
  const rows = Array.from({ length: 5 }, (_, at) => row(at, "2026-03-01T00:00:00Z", 10));
  assert.deepEqual(sizes(rows, { rows: 100, characters: 1_000 }), [5]);
  assert.deepEqual(sizes(rows, { rows: 2, characters: 1_000 }), [2, 2, 1]);
  assert.deepEqual(sizes(rows, { rows: 100, characters: 25 }), [2, 2, 1]);
  assert.deepEqual(sizes(rows, { rows: 100, characters: 5 }), [1, 1, 1, 1, 1]);
  assert.deepEqual(sizes([], { rows: 1, characters: 1 }), []);
});

Deno.test("a chunk ends where the month does, UTC, also when the append time goes back", () => {
  const rows = [
    row(0, "2025-12-31T23:59:59.999Z"),
    row(1, "2026-01-01T00:00:00.000Z"),
    row(2, "2025-12-31T23:59:59.998Z"),
    row(3, "2026-12-01T00:00:00.000Z"),
  ];
  assert.deepEqual(sizes(rows, { rows: 100, characters: 100 }), [1, 1, 1, 1]);
});

Deno.test("chunks put together are the rows, in order, whatever the limits", () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.record({ month: fc.integer({ min: 1, max: 3 }), characters: fc.integer({ min: 1, max: 9 }) }),
      ),
      fc.integer({ min: 1, max: 5 }),
      fc.integer({ min: 1, max: 20 }),
      (spec, most, characters) => {
        const rows = spec.map((one, at) => row(at, `2026-0${one.month}-15T00:00:00Z`, one.characters));
        const chunks = [...insertChunks(rows, { rows: most, characters })];
        assert.deepEqual(chunks.flat(), rows);
        for (const chunk of chunks) {
          assert.ok(chunk.length >= 1 && chunk.length <= most);
          assert.equal(new Set(chunk.map(({ appendTimeMs }) => appendTimeMs)).size, 1);
        }
      },
    ),
  );
});
