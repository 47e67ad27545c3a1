import type { ColdStore, EventRow } from "@countinghouse/cold";

/** The last time that ClickHouse's DateTime64 holds; later events are looked for without an end. */
const LATEST_MS = Date.parse("2299-12-31T23:59:59.999Z");

/** Those of some rows of one store that the warehouse does not hold; found by the table's own sorting key. */
export async function missingRows(
  { client }: ColdStore,
  rows: readonly EventRow[],
): Promise<readonly EventRow[]> {
  if (rows.length === 0) return [];
  const result = await client.query({
    query: `SELECT DISTINCT concat(partition, '/', offset) AS record FROM events
      WHERE store_id = {store:String} AND ${between(rows)} AND (${recordsOf(rows)})`,
    query_params: { store: rows[0]!.store_id },
    format: "JSONEachRow",
  });
  const held = new Set((await result.json<{ record: string }>()).map(({ record }) => record));
  return rows.filter((row) => !held.has(nameOf(row)));
}

type RecordName = Pick<EventRow, "partition" | "offset">;

function nameOf({ partition, offset }: RecordName): string {
  return `${partition}/${offset}`;
}

/** Bounds of the column's own type: with `event_time < toDateTime(...)` the index loses the last second's rows. */
function between(rows: readonly EventRow[]): string {
  let [firstMs, lastMs] = [LATEST_MS, 0];
  for (const { event_time } of rows) {
    firstMs = Math.min(firstMs, event_time);
    lastMs = Math.max(lastMs, event_time);
  }
  const from = `event_time >= fromUnixTimestamp64Milli(${firstMs}, 'UTC')`;
  return lastMs > LATEST_MS ? from : `${from} AND event_time <= fromUnixTimestamp64Milli(${lastMs}, 'UTC')`;
}

function recordsOf(rows: readonly RecordName[]): string {
  return [...Map.groupBy(rows, ({ partition }) => partition)].map(([partition, some]) =>
    `partition = ${partition} AND offset IN (${some.map(({ offset }) => offset).join(",")})`
  ).join(" OR ");
}
