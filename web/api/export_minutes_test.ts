import assert from "node:assert/strict";
import { tableFromIPC } from "apache-arrow";
import { parse } from "csv-parse/sync";
import { readParquet } from "parquet-wasm";
import { kpiMinute } from "../kpi_fixture.ts";
import { minutesFile } from "./export_minutes.ts";

const startMs = Date.parse("2026-03-01T12:00:00Z");
const CSV = { header: true, bom: false };
const minutes = [
  kpiMinute({ startMs, storeId: "=cmd()", counts: { sessions: 3, purchases: 2 }, euroCents: -1_990 }),
];

async function textOf(format: "csv" | "json" | "ndjson", windows = minutes): Promise<string> {
  const file = await minutesFile(windows, format, CSV);
  assert.equal(typeof file, "string");
  return file as string;
}

Deno.test("CSV: amounts are exact, and numbers stay numbers where texts are made harmless", async () => {
  const [row] = parse<Record<string, string>>(await textOf("csv"), { columns: true });
  assert.ok(row);
  assert.deepEqual(
    [row["window_start"], row["store_id"], row["sessions"], row["revenue"], row["revenue_minor"], row["aov"]],
    ["2026-03-01T12:00:00.000Z", "'=cmd()", "3", "-19.90", "-1990", "-9.95"],
  );
  assert.deepEqual(JSON.parse(row["by_currency"]!), {
    EUR: {
      revenue: "-19.90",
      revenue_minor: -1990,
      gross_revenue: "-19.90",
      gross_revenue_minor: -1990,
      refund_amount: "0.00",
      refund_amount_minor: 0,
    },
  });
});

Deno.test("JSON and NDJSON have the same fields, with counts as numbers and amounts as text", async () => {
  const [row] = JSON.parse(await textOf("json"));
  assert.deepEqual(JSON.parse(await textOf("ndjson")), row);
  assert.deepEqual([row.store_id, row.purchases, row.revenue, row.revenue_minor, row.latency_ms_p50], [
    "=cmd()",
    2,
    "-19.90",
    -1990,
    null,
  ]);
});

Deno.test("Parquet: times, whole numbers and texts by their types", async () => {
  const file = await minutesFile(minutes, "parquet", CSV) as Uint8Array;
  const table = tableFromIPC(readParquet(file).intoIPCStream());
  const types = Object.fromEntries(table.schema.fields.map(({ name, type }) => [name, String(type)]));
  assert.deepEqual(
    [types["window_start"], types["sessions"], types["revenue"], types["revenue_minor"], types["aov_minor"]],
    ["Timestamp<MILLISECOND, UTC>", "Int64", "Utf8", "Int64", "Int64"],
  );
  const row = table.get(0)!;
  assert.deepEqual([Number(row["window_start"]), row["revenue"], row["revenue_minor"]], [
    startMs,
    "-19.90",
    -1990n,
  ]);
});

Deno.test("a day without data is an empty file with the same columns", async () => {
  const header = (await textOf("csv")).split("\r\n")[0];
  assert.equal(await textOf("csv", []), `${header}\r\n`);
  assert.equal(await textOf("json", []), "[]");
  assert.equal(await textOf("ndjson", []), "");
  const parquet = tableFromIPC(
    readParquet(await minutesFile([], "parquet", CSV) as Uint8Array).schema.intoIPCStream(),
  );
  assert.equal(parquet.schema.fields.length, header!.split(",").length);
});
