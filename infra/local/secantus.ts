import { MongoClient } from "mongodb";
import type { Engine } from "./engine.ts";
import { PYTHON, VENV } from "./prerequisite.ts";

const VERSION = "0.7.0b3";
const ASK_TIMEOUT_MS = 2_000;

/**
 * The oplog grows by about 7 KB for an upsert of 4 KB and is only there for change streams, whose readers start
 * from a snapshot: ten minutes or 20,000 entries, some 140 MB, whichever is less.
 */
const OPLOG = { maxEntries: 20_000, retentionSeconds: 600 };
/**
 * WiredTiger's cache. With 256 MB its limit of what connections that lie idle keep from being evicted was met within
 * minutes of many connections: every operation then waits for room that never comes.
 */
const CACHE_SIZE = "1G";
/** The document that is written to see whether the engine still takes writes. */
const SIGN_OF_LIFE = { database: "supervisor", collection: "signs_of_life", id: "mongo" };

/** SecantusDB: MongoDB's protocol on WiredTiger, a replica set of one node by default. */
export const secantus: Engine = {
  name: "mongo",
  title: "SecantusDB",
  version: VERSION,
  neededToInstall: [PYTHON, VENV],
  neededToRun: [],

  install: (folder, command) => ({
    files: {},
    steps: [
      {
        title: "making a Python environment",
        command: command(VENV),
        args: ["-m", "venv", `${folder}/venv`],
      },
      {
        title: "downloading it with pip",
        command: `${folder}/venv/bin/python`,
        args: ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", `SecantusDB==${VERSION}`],
      },
    ],
  }),

  async prepare({ dataDir }) {
    await Deno.mkdir(dataDir, { recursive: true });
  },

  program: ({ installDir, dataDir, port }) => ({
    command: `${installDir}/venv/bin/secantusd-py`,
    args: [
      ...["--host", "127.0.0.1", "--port", `${port}`],
      ...["--storage-path", `${dataDir}/store`, "--cache-size", CACHE_SIZE],
      ...["--oplog-max-entries", `${OPLOG.maxEntries}`],
      ...["--oplog-retention-seconds", `${OPLOG.retentionSeconds}`],
      ...["--log-level", "WARNING"],
    ],
  }),

  address: (port) => `mongodb://127.0.0.1:${port}/?directConnection=true`,

  async ask(port) {
    const client = new MongoClient(secantus.address(port), {
      serverSelectionTimeoutMS: ASK_TIMEOUT_MS,
      connectTimeoutMS: ASK_TIMEOUT_MS,
      socketTimeoutMS: ASK_TIMEOUT_MS,
    });
    try {
      // A ping is answered also by one that has come to a standstill, see CACHE_SIZE.
      await client.db(SIGN_OF_LIFE.database).collection<{ _id: string; at: Date }>(SIGN_OF_LIFE.collection)
        .updateOne({ _id: SIGN_OF_LIFE.id }, { $set: { at: new Date() } }, { upsert: true });
    } finally {
      await client.close();
    }
  },
};
