import type { Engine } from "./engine.ts";
import { EngineException, exceptionCode, exceptionText } from "./exception.ts";
import { readForm } from "./form.ts";
import { httpStatus } from "./http_status.ts";
import { contentType } from "./output_format.ts";
import { type ClickHouseRequest, readRequest } from "./request.ts";
import { resultBody } from "./response_body.ts";
import { type InsertStatement, readStatement } from "./statement.ts";
import { readBody } from "./upload.ts";

/** What the server is made of. */
export interface ServerOptions {
  readonly engine: Engine;
  /** An empty folder for the data of inserts under way. */
  readonly uploads: string;
  /** The largest decompressed body of an insert, in bytes. */
  readonly bodyBytes: number;
}

/** SQL in a request's body, as opposed to data, may be as long as this. */
const SQL_BYTES = 64 * 1024 * 1024;
const DEFAULT_FORMAT = "TabSeparated";
const SERVER_NAME = "countinghouse-local";

/** ClickHouse's HTTP interface, as a handler of requests. */
export function createHandler(options: ServerOptions): (request: Request) => Promise<Response> {
  return async (request) => {
    const { pathname, searchParams } = new URL(request.url);
    if (pathname === "/ping" || pathname === "/replicas_status") return new Response("Ok.\n");
    if (pathname !== "/" && pathname !== "/query") {
      return new Response(`There is no handle ${pathname}\n`, { status: 404 });
    }
    if (request.method === "GET" && !searchParams.has("query")) return new Response("Ok.\n");
    const started = performance.now();
    try {
      return await answer(request, options, started);
    } catch (error) {
      return failure(error, searchParams.get("query_id"), options.engine.version);
    }
  };
}

async function answer(request: Request, options: ServerOptions, started: number): Promise<Response> {
  const { engine } = options;
  const form = await readForm(request, SQL_BYTES);
  const asked = readRequest(request, form ?? new Map());
  request.signal.addEventListener("abort", () => void engine.kill(asked.queryId), { once: true });
  const inAddress = asked.sql === "" ? undefined : readStatement(asked.sql);
  if (inAddress?.kind === "insert") {
    const body = readBody(request, options.bodyBytes);
    return await insert(asked, inAddress, asked.sql.slice(inAddress.dataAt), body, options, started);
  }
  const sql = asked.sql + (form === undefined ? await text(readBody(request, SQL_BYTES)) : "");
  if (sql.trim() === "") throw new EngineException(62, "Syntax error: Empty query", "SYNTAX_ERROR");
  const statement = readStatement(sql);
  if (statement.kind === "insert") {
    return await insert(asked, statement, sql.slice(statement.dataAt), undefined, options, started);
  }
  const format = statement.format ?? asked.defaultFormat ?? DEFAULT_FORMAT;
  return await select(request, asked, sql, format, statement.kind === "select", options, started);
}

async function select(
  request: Request,
  asked: ClickHouseRequest,
  sql: string,
  format: string,
  rows: boolean,
  { engine }: ServerOptions,
  started: number,
): Promise<Response> {
  const tag = crypto.randomUUID().replaceAll("-", "").slice(0, 16);
  const chunks = engine.query(asked, sql, format, rows);
  const first = await chunks.next();
  const { body, encoding } = resultBody({
    first,
    rest: chunks,
    exceptionTag: tag,
    explain: (error) => exceptionText(error, engine.version),
    accepted: asked.settings.get("enable_http_compression") === "1"
      ? request.headers.get("accept-encoding")
      : null,
  });
  return new Response(body, {
    headers: {
      ...commonHeaders(asked.queryId, started, 0),
      "Content-Type": contentType(format),
      "X-ClickHouse-Format": format,
      "X-ClickHouse-Exception-Tag": tag,
      ...(encoding === undefined ? {} : { "Content-Encoding": encoding, Vary: "Accept-Encoding" }),
    },
  });
}

async function insert(
  asked: ClickHouseRequest,
  statement: InsertStatement,
  inline: string,
  body: ReadableStream<Uint8Array> | undefined,
  { engine, uploads }: ServerOptions,
  started: number,
): Promise<Response> {
  const path = `${uploads}/${crypto.randomUUID()}`;
  try {
    const file = await Deno.open(path, { write: true, createNew: true });
    await writeAll(file, inline.replace(/^[^\S\n]*\n?/, ""));
    if (body === undefined) file.close();
    else await body.pipeTo(file.writable);
    const written = await engine.insert(asked, statement, path);
    return new Response(null, { headers: commonHeaders(asked.queryId, started, written) });
  } finally {
    await Deno.remove(path).catch(() => {});
  }
}

async function writeAll(file: Deno.FsFile, text: string): Promise<void> {
  let bytes: Uint8Array = new TextEncoder().encode(text);
  while (bytes.length > 0) bytes = bytes.subarray(await file.write(bytes));
}

function commonHeaders(queryId: string, started: number, writtenRows: number): Record<string, string> {
  const summary = {
    read_rows: String(writtenRows),
    read_bytes: "0",
    written_rows: String(writtenRows),
    written_bytes: "0",
    total_rows_to_read: "0",
    result_rows: String(writtenRows),
    result_bytes: "0",
    elapsed_ns: String(Math.round((performance.now() - started) * 1e6)),
  };
  return {
    "X-ClickHouse-Server-Display-Name": SERVER_NAME,
    "X-ClickHouse-Query-Id": queryId,
    "X-ClickHouse-Timezone": "UTC",
    "X-ClickHouse-Summary": JSON.stringify(summary),
    // The body is compressed here when the client asks for it, and by nothing else.
    "Cache-Control": "no-transform",
  };
}

function failure(error: unknown, queryId: string | null, version: string): Response {
  const body = exceptionText(error, version);
  const code = exceptionCode(body);
  return new Response(body, {
    status: httpStatus(code),
    headers: {
      "Content-Type": "text/plain; charset=UTF-8",
      "X-ClickHouse-Server-Display-Name": SERVER_NAME,
      "X-ClickHouse-Exception-Code": String(code),
      "X-ClickHouse-Timezone": "UTC",
      ...(queryId === null ? {} : { "X-ClickHouse-Query-Id": queryId }),
    },
  });
}

async function text(body: ReadableStream<Uint8Array>): Promise<string> {
  return await new Response(body).text();
}
