import type { ColdStore, EventRow } from "@countinghouse/cold";

/** What the table `erasures` knows of a user: how far each partition had been read, and when. */
interface Erasure {
  readonly user: string;
  readonly reached: Readonly<Record<string, string>>;
  readonly at: string;
}

/** Users that are asked for in one statement. An id has some hundred bytes at most. */
const USERS_AT_ONCE = 100;

/**
 * The erasures that the warehouse has noted. Only a user's hash is stored with them, which the warehouse alone can
 * compute, so users are asked for.
 */
export class ErasedUsers {
  readonly #store: ColdStore;
  readonly #stores: ReadonlySet<string>;

  private constructor(store: ColdStore, stores: ReadonlySet<string>) {
    this.#store = store;
    this.#stores = stores;
  }

  /** Reads of which stores users were erased. */
  static async read(store: ColdStore): Promise<ErasedUsers> {
    const query = "SELECT DISTINCT store_id FROM erasures";
    const result = await store.client.query({ query, format: "JSONEachRow" });
    const rows = await result.json<{ store_id: string }>();
    return new ErasedUsers(store, new Set(rows.map(({ store_id }) => store_id)));
  }

  /** Rows without those that were there when their users were erased; later ones of the same users may stay. */
  async leftOut(rows: readonly EventRow[]): Promise<readonly EventRow[]> {
    const left: EventRow[] = [];
    for (const [storeId, ofStore] of Map.groupBy(rows, ({ store_id }) => store_id)) {
      const erasures = this.#stores.has(storeId) ? await this.#erasures(storeId, ofStore) : undefined;
      for (const row of ofStore) {
        const erasure = erasures?.get(row.user_id);
        if (erasure === undefined || !covers(erasure, row)) left.push(row);
      }
    }
    return left;
  }

  async #erasures(storeId: string, rows: readonly EventRow[]): Promise<ReadonlyMap<string, Erasure>> {
    const users = [...new Set(rows.map(({ user_id }) => user_id))];
    const found = new Map<string, Erasure>();
    for (let first = 0; first < users.length; first += USERS_AT_ONCE) {
      const some = users.slice(first, first + USERS_AT_ONCE).map((user) => `unhex('${hexOf(user)}')`);
      const result = await this.#store.client.query({
        query: `SELECT asked.user AS user, noted.reached AS reached, noted.at AS at
          FROM (SELECT arrayJoin([${some}]) AS user) AS asked
          INNER JOIN (
            SELECT user_hash, maxMap(reached) AS reached, toString(toUnixTimestamp64Milli(max(at))) AS at
            FROM erasures WHERE store_id = {store:String} GROUP BY user_hash) AS noted
          ON cityHash64(asked.user) = noted.user_hash`,
        query_params: { store: storeId },
        format: "JSONEachRow",
      });
      for (const erasure of await result.json<Erasure>()) found.set(erasure.user, erasure);
    }
    return found;
  }
}

function covers({ reached, at }: Erasure, { partition, offset, append_time }: EventRow): boolean {
  return offset < Number(reached[partition] ?? 0) || append_time <= Number(at);
}

function hexOf(text: string): string {
  return new TextEncoder().encode(text).toHex();
}
