/**
 * `deno task dead-letters`: lists what was refused, shows it, and sends it again.
 *
 * @module
 */
import { openHotStore } from "@countinghouse/hot";
import { type KafkaLog, openLog } from "@countinghouse/log";
import { runCommand } from "@countinghouse/shared/command";
import { loadSettings } from "@countinghouse/shared/config";
import { loadEndpoints } from "@countinghouse/shared/endpoints";
import { shutdownSignal } from "@countinghouse/shared/shutdown";
import { createLogger } from "@countinghouse/shared/telemetry";
import { ToldError } from "@countinghouse/shared/told_error";
import { HotRedriveBook } from "./hot_redrive_book.ts";
import { letterAt, lettersThat } from "./letter_filter.ts";
import { LETTER_HEAD, letterJson, letterText } from "./letter_text.ts";
import { listLetters } from "./list_letters.ts";
import { type Command, HELP, parseCommand } from "./options.ts";
import { redrive } from "./redrive.ts";
import { RedriveReport } from "./redrive_report.ts";

interface Room {
  readonly log: KafkaLog;
  readonly book: HotRedriveBook;
  readonly topics: { readonly events: string; readonly deadLetters: string };
  readonly signal: AbortSignal;
}

async function run(command: Exclude<Command, { do: "help" }>, room: Room): Promise<void> {
  const { log, topics, signal } = room;
  switch (command.do) {
    case "list":
      return await list(command, room);
    case "show": {
      const { value } = await letterAt(command.at, log, topics.deadLetters, signal);
      await write(value ?? new Uint8Array());
      return;
    }
    case "redrive":
      return await redriveThem(command, room);
  }
}

async function list({ filter, limit, json }: Extract<Command, { do: "list" }>, room: Room): Promise<void> {
  const { log, topics, book, signal } = room;
  if (!json) console.log(LETTER_HEAD);
  const summary = await listLetters(lettersThat(filter, log, topics.deadLetters, signal), {
    limit,
    states: await book.states(),
    show: (letter, state) => console.log((json ? letterJson : letterText)(letter, state)),
  });
  if (!json) console.log(`\n${summary.text()}`);
}

async function redriveThem(command: Extract<Command, { do: "redrive" }>, room: Room): Promise<void> {
  const { log, topics, book, signal } = room;
  const { which, edit, dryRun } = command;
  const letters = "partition" in which
    ? one(letterAt(which, log, topics.deadLetters, signal))
    : lettersThat(which, log, topics.deadLetters, signal);
  const report = new RedriveReport(dryRun);
  await redrive(letters, {
    log,
    topic: topics.events,
    book,
    dryRun,
    ...(edit === undefined ? {} : { edit: await readEdit(edit) }),
    tell: (letter, outcome) => console.log(report.line(letter, outcome)),
  }, signal);
  console.log(report.summary());
}

async function* one<T>(value: Promise<T>): AsyncGenerator<T> {
  yield await value;
}

async function readEdit(file: string): Promise<Uint8Array> {
  return await Deno.readFile(file).catch((error: Error) => {
    throw new ToldError(`Cannot read --edit ${file}: ${error.message}`);
  });
}

async function write(bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await Deno.stdout.write(bytes.subarray(at));
}

async function withRoom(work: (room: Room) => Promise<void>): Promise<void> {
  const settings = loadSettings();
  const logger = createLogger(settings.logLevel);
  const { kafkaBootstrapServers: bootstrapServers, mongoUri } = loadEndpoints(settings);
  const log = await openLog("countinghouse-dead-letters", bootstrapServers, settings.topics, logger);
  const hot = openHotStore(mongoUri);
  try {
    await hot.database.command({ ping: 1 }).catch((error: Error) => {
      throw new ToldError(`Cannot reach MongoDB: ${error.message}`);
    });
    const book = new HotRedriveBook(hot.database, Date.now);
    await work({ log, book, topics: settings.topics, signal: shutdownSignal() });
  } finally {
    await log.close();
    await hot.close();
  }
}

await runCommand(async () => {
  const command = parseCommand(Deno.args);
  if (command.do === "help") console.log(HELP);
  else await withRoom((room) => run(command, room));
  return 0;
});
