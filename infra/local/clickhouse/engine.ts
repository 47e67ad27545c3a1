import type { ChdbSession, OpenSession } from "./chdb.ts";
import { EngineException } from "./exception.ts";
import { Gate } from "./gate.ts";
import { HttpSessions, type SessionLease } from "./http_session.ts";
import { delivery, withoutHeader } from "./output_format.ts";
import type { ClickHouseRequest } from "./request.ts";
import { identifier, literal } from "./sql_literal.ts";
import type { InsertStatement } from "./statement.ts";

/** Limits of the engine. */
export interface EngineLimits {
  /** Memory of all queries, merges and caches together, in bytes. */
  readonly memoryBytes: number;
  /** Queries at the same time; further ones wait. */
  readonly concurrency: number;
  /** The largest result in a format that has to be made in one piece, in bytes. */
  readonly wholeResultBytes: number;
}

/** As ClickHouse's server has it, where chDB's own default differs. */
const SESSION_ARGUMENTS = ["--implicit_select=0", "--session_timezone=UTC"];
const KILL_AGAIN_MS = 50;
const MARK_CACHE_BYTES = 64 * 1024 * 1024;

/**
 * ClickHouse's engine in this process. A request gets a connection of its own (it costs 0.3 ms), so its settings
 * and parameters end with it.
 */
export class Engine {
  readonly #open: () => ChdbSession;
  readonly #root: ChdbSession;
  readonly #gate: Gate;
  readonly #running = new Set<string>();
  readonly #httpSessions: HttpSessions;

  private constructor(
    open: () => ChdbSession,
    root: ChdbSession,
    readonly limits: EngineLimits,
    /** The engine's version, as in its exceptions. */
    readonly version: string,
  ) {
    this.#open = open;
    this.#root = root;
    this.#gate = new Gate(limits.concurrency);
    this.#httpSessions = new HttpSessions(open);
  }

  /** Opens the data folder. */
  static async start(openSession: OpenSession, limits: EngineLimits): Promise<Engine> {
    const root = openSession([
      ...SESSION_ARGUMENTS,
      `--max_server_memory_usage=${limits.memoryBytes}`,
      `--mark_cache_size=${MARK_CACHE_BYTES}`,
      "--background_pool_size=2",
    ]);
    const version = await root.queryAsync("SELECT version()", { format: "TSVRaw" });
    const text = new TextDecoder().decode(version.bytes()).trim();
    return new Engine(() => openSession(SESSION_ARGUMENTS), root, limits, text);
  }

  /** Runs an INSERT whose data lies in a file; answers the number of rows written. */
  async insert(request: ClickHouseRequest, statement: InsertStatement, file: string): Promise<number> {
    await using place = await this.#enter(request);
    await place.prepare(request, new Map());
    const sql = `${statement.target} FROM INFILE ${literal(file)} COMPRESSION 'none' ` +
      `${statement.settings} FORMAT ${statement.format}`;
    return (await place.session.queryAsync(sql, { format: "TabSeparated" })).rowsRead;
  }

  /** Runs a statement and gives its result in chunks; leaving the iteration releases the engine. */
  async *query(request: ClickHouseRequest, sql: string, format: string, select: boolean) {
    await using place = await this.#enter(request);
    const way = select && !request.waitEndOfQuery ? delivery(format) : { kind: "whole" as const };
    if (way.kind === "whole") {
      const limit = select ? [["max_result_bytes", String(this.limits.wholeResultBytes)] as const] : [];
      await place.prepare(request, new Map(limit));
      yield (await place.session.queryAsync(sql, { format })).bytes();
      return;
    }
    await place.prepare(request, new Map());
    const stream = place.session.queryStream(sql, { format });
    let first = true;
    for await (const chunk of stream) {
      yield first || way.kind === "rows" ? chunk.raw() : withoutHeader(chunk.raw(), way.header);
      first = false;
    }
  }

  /**
   * Ends a query; the one who waits for it sees QUERY_WAS_CANCELLED. Tries until it is gone, as the engine knows a
   * query only once it has begun.
   */
  async kill(queryId: string): Promise<void> {
    while (this.#running.has(queryId)) {
      await this.#root.queryAsync(
        `KILL QUERY WHERE Settings['log_comment'] = ${literal(queryId)} ASYNC`,
        { format: "Null" },
      ).catch(() => "where memory is short for a moment, the next try does it");
      await new Promise((resolve) => setTimeout(resolve, KILL_AGAIN_MS));
    }
  }

  /** Ends everything that runs, then lets go of the data. */
  async close(): Promise<void> {
    await Promise.all([...this.#running].map((queryId) => this.kill(queryId)));
    this.#httpSessions.close();
    this.#root.close();
  }

  async #enter(request: ClickHouseRequest): Promise<Place> {
    const { queryId } = request;
    if (this.#running.has(queryId)) {
      throw new EngineException(
        216,
        `Query with id = ${queryId} is already running`,
        "QUERY_WITH_SAME_ID_IS_ALREADY_RUNNING",
      );
    }
    this.#running.add(queryId);
    const leave = await this.#gate.enter();
    const end = () => {
      this.#running.delete(queryId);
      leave();
    };
    try {
      const { session, release } = request.session === undefined
        ? ownSession(this.#open())
        : await this.#httpSessions.lease(request.session, request.settings.keys());
      return new Place(session, async () => {
        await release();
        end();
      });
    } catch (error) {
      end();
      throw error;
    }
  }
}

function ownSession(session: ChdbSession): SessionLease {
  return { session, release: () => session.close() };
}

/** A request's place in the engine: a session of its own until it is done. */
class Place {
  constructor(readonly session: ChdbSession, readonly leave: () => Promise<void>) {}

  /** Puts the request's settings, parameters, roles and database in force. */
  async prepare(request: ClickHouseRequest, defaults: ReadonlyMap<string, string>): Promise<void> {
    const settings = new Map([...defaults, ...request.settings, ...request.params]);
    settings.set("log_comment", request.queryId);
    if (request.readOnly && request.session === undefined) settings.set("readonly", "2");
    const run = (sql: string) => this.session.queryAsync(sql, { format: "Null" });
    if (request.database !== undefined) await run(`USE ${identifier(request.database)}`);
    if (request.roles.length > 0) await run(`SET ROLE ${request.roles.map(identifier).join(", ")}`);
    await run(`SET ${[...settings].map(([name, value]) => `${name} = ${literal(value)}`).join(", ")}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.leave();
  }
}
