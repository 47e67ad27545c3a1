import assert from "node:assert/strict";
import { createLogger, type LogLevel } from "./telemetry.ts";

Deno.test("a line is a sentence and its figures; only what is not plain information names its level", () => {
  const { lines, logger } = listening("debug");
  logger.debug("Polled");
  logger.info("Rolled up", { records: 500, through: 1_500, caughtUp: true });
  logger.warn("A sink is slow", { sink: "hot store", waitedMs: 12.5 });
  logger.error("A worker died");
  assert.deepEqual(lines, [
    "debug: Polled",
    "Rolled up records=500 through=1500 caughtUp=true",
    'warn: A sink is slow sink="hot store" waitedMs=12.5',
    "error: A worker died",
  ]);
});

Deno.test("a figure that is not known is left out", () => {
  const { lines, logger } = listening("info");
  logger.info("Started", { port: undefined, partitions: 4 });
  assert.deepEqual(lines, ["Started partitions=4"]);
});

Deno.test("a text with quotes or line breaks stays on its line", () => {
  const { lines, logger } = listening("info");
  logger.info("Refused", { reason: 'current value is "a\nb"' });
  assert.deepEqual(lines, ['Refused reason="current value is \\"a\\nb\\""']);
});

Deno.test("what is below the level is not written", () => {
  const said = (level: LogLevel) => {
    const { lines, logger } = listening(level);
    logger.debug("d");
    logger.info("i");
    logger.warn("w");
    logger.error("e");
    return lines;
  };
  assert.deepEqual(said("debug"), ["debug: d", "i", "warn: w", "error: e"]);
  assert.deepEqual(said("info"), ["i", "warn: w", "error: e"]);
  assert.deepEqual(said("warn"), ["warn: w", "error: e"]);
  assert.deepEqual(said("error"), ["error: e"]);
});

function listening(level: LogLevel) {
  const lines: string[] = [];
  return { lines, logger: createLogger(level, (line) => lines.push(line)) };
}
