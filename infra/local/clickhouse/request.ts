import { EngineException } from "./exception.ts";

/** What an HTTP request asks for, read from its address, headers and form, in ClickHouse's terms. */
export interface ClickHouseRequest {
  /** The SQL in the address or form; where the body continues it or brings the data, that comes behind. */
  readonly sql: string;
  readonly queryId: string;
  readonly database: string | undefined;
  readonly defaultFormat: string | undefined;
  readonly roles: readonly string[];
  readonly settings: ReadonlyMap<string, string>;
  /** Values for `{name:Type}`, escaped as in TabSeparated. */
  readonly params: ReadonlyMap<string, string>;
  readonly session: SessionRequest | undefined;
  /** Make the whole result before the first byte is sent, so that an error is never in mid-stream. */
  readonly waitEndOfQuery: boolean;
  /** GET promises to change nothing. */
  readonly readOnly: boolean;
}

/** The HTTP session that a request wants to run in. */
export interface SessionRequest {
  readonly id: string;
  readonly timeoutMs: number;
  /** Refuse when it does not exist yet. */
  readonly mustExist: boolean;
}

const NAME = /^[A-Za-z_][A-Za-z0-9_.]*$/;
const LONGEST_SESSION_S = 3_600;

/** Parameters of the HTTP protocol itself; every other one is a setting of the engine. */
const PROTOCOL = new Set([
  "query",
  "query_id",
  "database",
  "default_format",
  "role",
  "session_id",
  "session_timeout",
  "session_check",
  "wait_end_of_query",
  "buffer_size",
  "user",
  "password",
  "quota_key",
  "stacktrace",
  "client_protocol_version",
  "log_comment",
]);

/**
 * Reads a request; `form` holds the fields of a multipart body.
 *
 * @throws {EngineException} when a user, a name or the native compression is asked for that is not served here.
 */
export function readRequest(request: Request, form: ReadonlyMap<string, string>): ClickHouseRequest {
  const url = new URL(request.url);
  authenticate(request.headers, url.searchParams);
  const fields = new URLSearchParams(url.searchParams);
  for (const [name, value] of form) fields.append(name, value);
  const settings = new Map<string, string>();
  const params = new Map<string, string>();
  for (const [name, value] of fields) {
    if (PROTOCOL.has(name)) continue;
    if ((name === "compress" || name === "decompress") && value !== "0") {
      throw new EngineException(48, `Native compression (${name}=1) is not served here`, "NOT_IMPLEMENTED");
    }
    const parameter = name.startsWith("param_");
    if (!NAME.test(name)) throw new EngineException(115, `Unknown setting '${name}'`, "UNKNOWN_SETTING");
    if (parameter) params.set(name, value);
    else settings.set(name, value);
  }
  const sessionId = fields.get("session_id");
  return {
    sql: fields.get("query") ?? "",
    queryId: fields.get("query_id") || crypto.randomUUID(),
    database: fields.get("database") || request.headers.get("x-clickhouse-database") || undefined,
    defaultFormat: fields.get("default_format") || request.headers.get("x-clickhouse-format") || undefined,
    roles: fields.getAll("role"),
    settings,
    params,
    session: sessionId ? sessionRequest(sessionId, fields) : undefined,
    waitEndOfQuery: fields.get("wait_end_of_query") === "1",
    readOnly: request.method === "GET",
  };
}

function sessionRequest(id: string, fields: URLSearchParams): SessionRequest {
  const seconds = Number(fields.get("session_timeout") ?? 60);
  if (!(seconds >= 0 && seconds <= LONGEST_SESSION_S)) {
    throw new EngineException(
      374,
      `Session timeout ${seconds} is not between 0 and ${LONGEST_SESSION_S} seconds`,
      "INVALID_SESSION_TIMEOUT",
    );
  }
  return { id, timeoutMs: seconds * 1_000, mustExist: fields.get("session_check") === "1" };
}

/** One user is known, `default`, without a password: the process listens on the loopback address only. */
function authenticate(headers: Headers, fields: URLSearchParams): void {
  const basic = /^Basic (.+)$/i.exec(headers.get("authorization") ?? "")?.[1];
  const [basicUser, ...basicPassword] = basic === undefined ? [] : atob(basic).split(":");
  const user = basicUser || headers.get("x-clickhouse-user") || fields.get("user") || "default";
  const password = basicPassword.join(":") || headers.get("x-clickhouse-key") || fields.get("password") || "";
  if (user !== "default" || password !== "") {
    throw new EngineException(
      516,
      `${user}: Authentication failed: password is incorrect, or there is no user with such name`,
      "AUTHENTICATION_FAILED",
    );
  }
}
