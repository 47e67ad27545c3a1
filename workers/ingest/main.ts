import { openLog } from "@countinghouse/log";
import { runCommand } from "@countinghouse/shared/command";
import { loadSettings, type Settings } from "@countinghouse/shared/config";
import { loadEndpoints } from "@countinghouse/shared/endpoints";
import { createLogger } from "@countinghouse/shared/telemetry";
import { ToldError } from "@countinghouse/shared/told_error";
import { ingest, type IngestBatch, type Tally } from "./ingest.ts";
import { readInput } from "./input.ts";
import { logDoor } from "./log_door.ts";
import { openSource } from "./open_source.ts";
import { type Command, HELP, parseCommand } from "./options.ts";
import { type Pace, progressText, summaryText } from "./report.ts";

const AGAIN = "ingesting the file again is harmless, since an event_id is counted once";
const PROGRESS_EVERY_MS = { terminal: 100, plain: 2_000 };
/** The exit code of an interrupted ingest, as shells have it. */
const INTERRUPTED = 130;
/** An interrupted ingest that still waits for the broker or a silent pipe is ended after this. */
const PATIENCE_MS = 5_000;

const stopping = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  Deno.addSignalListener(signal, () => {
    stopping.abort();
    Deno.unrefTimer(setTimeout(() => Deno.exit(INTERRUPTED), PATIENCE_MS));
  });
}

async function openDoor(
  settings: Settings,
  fileName: string,
): Promise<(batch: IngestBatch) => Promise<void>> {
  const logger = createLogger(settings.logLevel);
  const { kafkaBootstrapServers: bootstrapServers } = loadEndpoints(settings);
  const log = await openLog("countinghouse-ingest", bootstrapServers, settings.topics, logger);
  const store = await logDoor(log, settings.topics, fileName);
  return (batch) =>
    store(batch).catch((error: Error) => {
      throw new ToldError(`the broker did not acknowledge: ${error.message}`);
    });
}

async function run({ file, format, store, dryRun }: Extract<Command, { do: "ingest" }>): Promise<number> {
  const fileName = file === "-" ? "standard input" : file;
  const { source, totalBytes } = await openSource(file).catch((error) => {
    throw error instanceof ToldError ? new ToldError(`Cannot ingest ${file}: ${error.message}`) : error;
  });
  const door = dryRun ? () => Promise.resolve() : await openDoor(loadSettings(), fileName);
  const startedMs = performance.now();
  let bytesRead = 0;
  let tally: Tally = { accepted: 0, refused: 0, firstRefusals: [] };
  const pace = (): Pace => ({ bytesRead, totalBytes, elapsedMs: performance.now() - startedMs });

  const onTerminal = Deno.stderr.isTerminal();
  const show = () => {
    const line = progressText(tally, pace(), onTerminal);
    Deno.stderr.writeSync(new TextEncoder().encode(onTerminal ? `\r\x1b[K${line}` : `${line}\n`));
  };
  const timer = setInterval(show, onTerminal ? PROGRESS_EVERY_MS.terminal : PROGRESS_EVERY_MS.plain);
  try {
    await ingest(readInput(source, (bytes) => bytesRead += bytes), {
      fileName,
      format,
      defaultStore: store,
      store: door,
      progress: (now) => tally = now,
    }, stopping.signal);
  } catch (error) {
    if (!(error instanceof ToldError)) throw error;
    const soFar = summaryText(fileName, tally, pace(), dryRun);
    throw new ToldError(`Cannot finish ${soFar}\n${error.message}; ${AGAIN}`);
  } finally {
    clearInterval(timer);
    if (onTerminal) Deno.stderr.writeSync(new TextEncoder().encode("\r\x1b[K"));
  }
  console.log(summaryText(fileName, tally, pace(), dryRun));
  if (!stopping.signal.aborted) return 0;
  console.error(`interrupted; ${AGAIN}`);
  return INTERRUPTED;
}

await runCommand(async () => {
  const command = parseCommand(Deno.args);
  if (command.do === "ingest") return await run(command);
  console.log(HELP);
  return 0;
});
