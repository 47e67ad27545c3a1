import type { ChdbSession } from "./chdb.ts";
import { EngineException } from "./exception.ts";
import type { SessionRequest } from "./request.ts";
import { literal } from "./sql_literal.ts";

/** A session on loan to one request. */
export interface SessionLease {
  readonly session: ChdbSession;
  readonly release: () => void | Promise<void>;
}

interface NamedSession {
  readonly session: ChdbSession;
  busy: boolean;
  expiry: ReturnType<typeof setTimeout> | undefined;
}

/** The sessions that clients ask for by `session_id`, which keep temporary tables and SET between requests. */
export class HttpSessions {
  readonly #open: () => ChdbSession;
  readonly #sessions = new Map<string, NamedSession>();

  constructor(open: () => ChdbSession) {
    this.#open = open;
  }

  /**
   * Lends a session; the settings named are put back to their values when it is released.
   *
   * @throws {EngineException} when another request uses it, or when it must exist and does not.
   */
  async lease(request: SessionRequest, settings: Iterable<string>): Promise<SessionLease> {
    const named = this.#find(request);
    named.busy = true;
    clearTimeout(named.expiry);
    const undo = await undoing(named.session, [...settings]);
    return {
      session: named.session,
      release: async () => {
        if (undo !== "") await named.session.queryAsync(undo, { format: "Null" });
        named.busy = false;
        named.expiry = setTimeout(() => this.#end(request.id), request.timeoutMs);
      },
    };
  }

  /** Ends all sessions. */
  close(): void {
    for (const id of [...this.#sessions.keys()]) this.#end(id);
  }

  #find({ id, mustExist }: SessionRequest): NamedSession {
    const known = this.#sessions.get(id);
    if (known?.busy) {
      throw new EngineException(373, `Session ${id} is locked by a concurrent client`, "SESSION_IS_LOCKED");
    }
    if (known !== undefined) return known;
    if (mustExist) throw new EngineException(372, `Session ${id} not found`, "SESSION_NOT_FOUND");
    const named = { session: this.#open(), busy: false, expiry: undefined };
    this.#sessions.set(id, named);
    return named;
  }

  #end(id: string): void {
    const named = this.#sessions.get(id);
    clearTimeout(named?.expiry);
    named?.session.close();
    this.#sessions.delete(id);
  }
}

/** The statement that puts settings back to what they are now. */
async function undoing(session: ChdbSession, names: readonly string[]): Promise<string> {
  if (names.length === 0) return "";
  const result = await session.queryAsync(
    `SELECT name, value FROM system.settings WHERE name IN (${names.map(literal).join(", ")})`,
    { format: "JSONCompactStringsEachRow" },
  );
  const rows = new TextDecoder().decode(result.bytes()).trim().split("\n").filter((line) => line !== "");
  const settings = rows.map((line) => JSON.parse(line) as [string, string]);
  return settings.length === 0
    ? ""
    : `SET ${settings.map(([name, value]) => `${name} = ${literal(value)}`).join(", ")}`;
}
