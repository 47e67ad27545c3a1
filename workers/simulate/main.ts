import { START } from "@countinghouse/core";
import { openLog } from "@countinghouse/log";
import { runCommand } from "@countinghouse/shared/command";
import { loadSettings } from "@countinghouse/shared/config";
import { loadEndpoints } from "@countinghouse/shared/endpoints";
import { createLogger } from "@countinghouse/shared/telemetry";
import { writeNdjson } from "./ndjson_output.ts";
import { HELP, parseCommand } from "./options.ts";
import { runSimulation } from "./run.ts";
import { simulate, type SimulationOptions } from "./simulation.ts";

/** A stopped simulator that still waits for the broker is ended after this. */
const PATIENCE_MS = 2_000;

const stopping = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  Deno.addSignalListener(signal, () => {
    stopping.abort();
    Deno.unrefTimer(setTimeout(() => Deno.exit(0), PATIENCE_MS));
  });
}

async function toFile(options: SimulationOptions, out: string): Promise<void> {
  const output = out === "-" ? Deno.stdout.writable : (await Deno.create(out)).writable;
  const written = await writeNdjson(simulate(options), output, stopping.signal);
  console.error(
    `wrote ${written.toLocaleString("en-US")} events to ${out === "-" ? "standard output" : out}`,
  );
}

async function toLog(options: SimulationOptions, historyMs: number): Promise<void> {
  const settings = loadSettings();
  const logger = createLogger(settings.logLevel);
  const { kafkaBootstrapServers } = loadEndpoints(settings);
  const log = await openLog("countinghouse-simulate", kafkaBootstrapServers, settings.topics, logger);
  const isEmpty = (await log.ranges(settings.topics.events)).every(({ end }) => end === START);
  const startMs = isEmpty ? options.startMs - historyMs : options.startMs;
  const onTerminal = Deno.stderr.isTerminal();
  const status = (line: string) => {
    if (onTerminal) Deno.stderr.writeSync(new TextEncoder().encode(`\r\x1b[K${line}`));
    else console.error(line);
  };
  const summary = await runSimulation(
    { ...options, startMs },
    { log, topic: settings.topics.events, logger, status },
    stopping.signal,
  );
  console.error(`${onTerminal ? "\r\x1b[K" : ""}${summary}`);
}

await runCommand(async () => {
  const command = parseCommand(Deno.args, Date.now());
  if (command.do === "help") console.log(HELP);
  else if (command.out === undefined) await toLog(command.simulation, command.historyMs);
  else await toFile(command.simulation, command.out);
  return 0;
});
