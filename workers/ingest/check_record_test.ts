import assert from "node:assert/strict";
import { partitionKey } from "@countinghouse/core";
import { recordChecker } from "./check_record.ts";
import type { SourceRecord } from "./source_record.ts";
import { textOf } from "./testing/chunks.ts";
import { eventJson } from "./testing/events.ts";

const record = (content: string | Uint8Array): SourceRecord => {
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  return { line: 1, bytes, length: bytes.length };
};

function accepted(check: ReturnType<typeof recordChecker>, content: string | Uint8Array) {
  const verdict = check(record(content));
  assert.equal(verdict.kind, "accepted");
  return { key: textOf(verdict.key), value: textOf(verdict.value) };
}

function refused(check: ReturnType<typeof recordChecker>, one: SourceRecord) {
  const verdict = check(one);
  assert.equal(verdict.kind, "refused");
  return verdict.refusal;
}

Deno.test("an accepted line keeps its bytes, with blanks and fields that have no meaning here", () => {
  const line = ` ${eventJson({ shoe_size: 43.0 }).replace(":", " : ")} `;
  assert.deepEqual(accepted(recordChecker("ndjson"), line), {
    key: textOf(partitionKey("default", "u-1")),
    value: line,
  });
});

Deno.test("a default store is given to events without one, and to no other", () => {
  const check = recordChecker("ndjson", 'My "Shop"');
  for (const homeless of [eventJson(), eventJson({ store_id: null }), `${eventJson()}  `]) {
    const { key, value } = accepted(check, homeless);
    assert.equal(key, textOf(partitionKey('My "Shop"', "u-1")));
    assert.deepEqual(JSON.parse(value), { ...JSON.parse(homeless), store_id: 'My "Shop"' });
  }
  for (const store_id of ["default", "other"]) {
    const own = eventJson({ store_id });
    assert.deepEqual(accepted(check, own), { key: textOf(partitionKey(store_id, "u-1")), value: own });
  }
});

Deno.test("a refused line tells the field and the reason", () => {
  const refusal = refused(recordChecker("ndjson"), record(eventJson({ user_id: "" })));
  assert.equal(refusal.field, "user_id");
  assert.equal(refusal.code, "empty");
});

Deno.test("a record longer than what was kept of it is refused as too large, with its true length", () => {
  for (const format of ["ndjson", "csv"] as const) {
    const refusal = refused(recordChecker(format), { ...record(eventJson()), length: 5_000_000 });
    assert.equal(refusal.code, "too_large");
    assert.match(refusal.reason, /5000000/);
  }
});

Deno.test("a broken record is refused with what is wrong with it", () => {
  const refusal = refused(recordChecker("csv"), { ...record('1,"x'), broken: "a quoted cell is not closed" });
  assert.equal(refusal.reason, "Cannot read the record: a quoted cell is not closed");
});

Deno.test("CSV: the first row is the header, and the others become JSON", () => {
  const check = recordChecker("csv");
  assert.deepEqual(check(record("event_id,event_type,event_ts,user_id,session_id,geo.city,price,currency")), {
    kind: "header",
  });
  const { key, value } = accepted(check, 'e,view_item,2025-11-20T18:00:00Z,u,s,"Nîmes, Gard",1.50,EUR');
  assert.equal(key, textOf(partitionKey("default", "u")));
  assert.equal(
    value,
    '{"event_id":"e","event_type":"view_item","event_ts":"2025-11-20T18:00:00Z","user_id":"u","session_id":"s",' +
      '"geo":{"city":"Nîmes, Gard"},"price":1.50,"currency":"EUR"}',
  );
});

Deno.test("CSV: a cell that isn't what its column says is refused by its field", () => {
  const check = recordChecker("csv");
  check(record("event_id,event_type,event_ts,user_id,session_id,price,items"));
  const row = (price: string, items: string) =>
    record(`e,purchase,2025-11-20T18:00:00Z,u,s,${price},${items}`);
  assert.equal(refused(check, row("cheap", "")).field, "price");
  assert.equal(refused(check, row("1", "none")).field, "items");
  assert.equal(refused(check, record("e,purchase")).code, "not_an_object");
});

Deno.test("bytes that aren't UTF-8 are refused in every format", () => {
  for (const format of ["ndjson", "json", "csv"] as const) {
    const bytes = new TextEncoder().encode(eventJson({ page: "?" }));
    bytes[bytes.lastIndexOf(0x3f)] = 0xff;
    assert.equal(refused(recordChecker(format), record(bytes)).code, "not_utf8");
  }
});
