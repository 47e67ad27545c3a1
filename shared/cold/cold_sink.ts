import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { type Offset, offset, START } from "@countinghouse/core";
import type { Sink, SinkBatch } from "@countinghouse/log";
import type { ColdStore } from "./cold_store.ts";
import { type ChunkLimits, insertChunks } from "./insert_chunk.ts";
import type { EncodedRow } from "./row_fold.ts";

const CHUNK_LIMITS: ChunkLimits = { rows: 200_000, characters: 100_000_000 };

/**
 * Stores rows in ClickHouse, a part per INSERT. The offset is a column, so the position is asked of the very parts
 * that hold the rows; there is nothing beside them to fall out of step.
 *
 * - A lost reply: the same INSERT comes again with the same token and is dropped by the server.
 * - A replay with other boundaries, or two writers after a rebalance: rows are there twice for a while. The books and
 *   the reading of unique events take them once, and merges remove them.
 * - The writes of one batch go in offset order, one after the other, so the position never runs ahead of a gap.
 */
export class ColdSink implements Sink<readonly EncodedRow[]> {
  readonly #store: ColdStore;

  constructor(store: ColdStore) {
    this.#store = store;
  }

  /**
   * Behind the last row, or where that was erased, behind where it was. Refused records have no row: those at the very end are read again, and refused again,
   * after a restart.
   */
  async position(partition: number): Promise<Offset> {
    const result = await this.#store.client.query({
      query: `SELECT toString(max(through)) AS position FROM (
          SELECT max(offset) + 1 AS through FROM events WHERE partition = {partition:UInt16} GROUP BY partition
          UNION ALL
          SELECT reached[{partition:UInt16}] AS through FROM erasures)`,
      query_params: { partition },
      format: "JSONEachRow",
    });
    const [row] = await result.json<{ position: string }>();
    return row === undefined ? START : offset(row.position);
  }

  async write({ partition, change }: SinkBatch<readonly EncodedRow[]>): Promise<void> {
    for (const rows of insertChunks(change, CHUNK_LIMITS)) {
      const body = Buffer.from(rows.map(({ json }) => json).join("\n"));
      // Not insert(), which takes JSON as objects only and would encode row by row.
      const { stream } = await this.#store.client.exec({
        query: "INSERT INTO events FORMAT JSONEachRow",
        values: Readable.from([body], { objectMode: false }),
        clickhouse_settings: {
          insert_deduplicate: 1,
          insert_deduplication_token: `${partition}:${rows[0]?.offset}-${rows.at(-1)?.offset}`,
          // The reply means that the rows are stored, in one part.
          async_insert: 0,
        },
      });
      await text(stream);
    }
  }
}
