import { type ClickHouseClient, ClickHouseLogLevel, createClient } from "@clickhouse/client";

/** The database used when neither the caller nor the address names one. */
export const DATABASE = "countinghouse";
/** Longer than an insert that waits for merges, shorter than a worker may hang. */
const REQUEST_TIMEOUT_MS = 30_000;

/** A connection to the warehouse. */
export interface ColdStore {
  readonly client: ClickHouseClient;
  /** Address without the database. */
  readonly url: string;
  readonly database: string;
  close(): Promise<void>;
}

/**
 * Connects to ClickHouse, or to what speaks its HTTP protocol. The address may name the database
 * (`http://host:8123/shop`) and settings of the client (`https://user:password@host:8443/?compression_request=1`).
 * Nothing is sent before the first query; {@link prepareColdStore} has to have run once. A connection on which nothing
 * moves for `requestTimeoutMs` is given up.
 */
export function createColdStore(
  address: string,
  database?: string,
  requestTimeoutMs: number = REQUEST_TIMEOUT_MS,
): ColdStore {
  const url = new URL(address);
  const named = decodeURIComponent(url.pathname.slice(1));
  url.pathname = "/";
  const name = database ?? (named === "" ? DATABASE : named);
  const client = connect(url.href, name, requestTimeoutMs);
  return { client, url: url.href, database: name, close: () => client.close() };
}

/** A client whose unqualified names are looked up in the database. */
export function connect(
  url: string,
  database: string,
  requestTimeoutMs: number = REQUEST_TIMEOUT_MS,
): ClickHouseClient {
  return createClient({
    url,
    database,
    request_timeout: requestTimeoutMs,
    application: "countinghouse",
    // Its errors are thrown, and told by whoever catches them.
    log: { level: ClickHouseLogLevel.OFF },
  });
}
