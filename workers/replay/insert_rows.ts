import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { type ColdStore, encodeRow, type EventRow, insertChunks } from "@countinghouse/cold";
import type { Offset } from "@countinghouse/core";

const CHUNK_LIMITS = { rows: 200_000, characters: 100_000_000 };

/**
 * Inserts rows in the order in which their records were appended, a part per INSERT. Without the sink's tokens: the
 * server may remember them from the rows that were lost.
 */
export async function insertRows({ client }: ColdStore, rows: readonly EventRow[]): Promise<void> {
  const encoded = rows.toSorted((a, b) => a.append_time - b.append_time || a.offset - b.offset)
    .map((row) => ({
      offset: row.offset as Offset,
      appendTimeMs: row.append_time,
      json: encodeRow(row),
    }));
  for (const chunk of insertChunks(encoded, CHUNK_LIMITS)) {
    const body = Buffer.from(chunk.map(({ json }) => json).join("\n"));
    const { stream } = await client.exec({
      query: "INSERT INTO events FORMAT JSONEachRow",
      values: Readable.from([body], { objectMode: false }),
      clickhouse_settings: { insert_deduplicate: 0, async_insert: 0 },
    });
    await text(stream);
  }
}
