/**
 * ClickHouse's HTTP interface on chDB, for machines without Docker: a process of its own that owns the data.
 *
 * @module
 */
import { parseArgs } from "node:util";
import { loadChdb } from "./chdb.ts";
import { Engine } from "./engine.ts";
import { createHandler } from "./server.ts";

const { values: flags } = parseArgs({
  options: {
    port: { type: "string", default: "8123" },
    host: { type: "string", default: "127.0.0.1" },
    data: { type: "string" },
    chdb: { type: "string" },
    "memory-mib": { type: "string", default: "2048" },
    "body-mib": { type: "string", default: "1024" },
  },
});

const MIB = 1024 * 1024;
const QUERIES_AT_ONCE = 16;
const WHOLE_RESULT_BYTES = 512 * MIB;
/** How long a stop waits for queries to end. */
const STOP_MS = 700;

if (flags.data === undefined || flags.chdb === undefined) {
  console.error("Cannot start: --data DIR (the data) and --chdb FOLDER (with node_modules/chdb) are needed");
  Deno.exit(2);
}

const uploads = `${flags.data}/uploads`;
await Deno.remove(uploads, { recursive: true }).catch(() => {});
await Deno.mkdir(uploads, { recursive: true });
const engine = await Engine.start(loadChdb(flags.chdb, `${flags.data}/store`), {
  memoryBytes: Number(flags["memory-mib"]) * MIB,
  concurrency: QUERIES_AT_ONCE,
  wholeResultBytes: WHOLE_RESULT_BYTES,
});
const handler = createHandler({
  engine,
  uploads: await Deno.realPath(uploads),
  bodyBytes: Number(flags["body-mib"]) * MIB,
});
const server = Deno.serve({
  hostname: flags.host,
  port: Number(flags.port),
  onListen: ({ hostname, port }) =>
    console.error(`ClickHouse ${engine.version} (chDB) answers at http://${hostname}:${port}`),
}, handler);

const stop = async () => {
  const deadline = new Promise((resolve) => setTimeout(resolve, STOP_MS));
  await Promise.race([Promise.all([server.shutdown(), engine.close()]), deadline]);
  Deno.exit(0);
};
Deno.addSignalListener("SIGTERM", stop);
Deno.addSignalListener("SIGINT", stop);
