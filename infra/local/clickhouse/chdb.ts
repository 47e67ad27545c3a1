import { createRequire } from "node:module";
import { resolve } from "node:path";

/** What a query gave when taken in one piece. */
export interface WholeResult {
  bytes(): Uint8Array;
  /** Rows of the result; for an INSERT from a file, rows written. */
  readonly rowsRead: number;
  readonly bytesRead: number;
}

/** A result that comes in pieces; leaving the iteration releases the engine. */
export interface StreamedResult extends AsyncIterable<{ raw(): Uint8Array }> {
  cancel(): void;
}

/** One connection to the engine, with settings and parameters of its own. */
export interface ChdbSession {
  queryAsync(sql: string, options: { readonly format: string }): Promise<WholeResult>;
  queryStream(sql: string, options: { readonly format: string }): StreamedResult;
  close(): void;
}

/** Opens a session on a data folder; all sessions of a process share one folder and one engine. */
export type OpenSession = (connectionArgs: readonly string[]) => ChdbSession;

/**
 * Loads chDB from the folder that npm installed it in, and binds it to a data folder.
 *
 * @throws when the folder has no chDB for this platform.
 */
export function loadChdb(chdbFolder: string, dataFolder: string): OpenSession {
  const require = createRequire(`${resolve(chdbFolder)}/package.json`);
  const { Session } = require("chdb") as {
    Session: new (path: string, options: { connectionArgs: readonly string[] }) => ChdbSession;
  };
  return (connectionArgs) => new Session(resolve(dataFolder), { connectionArgs });
}
