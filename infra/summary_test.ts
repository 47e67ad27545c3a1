import assert from "node:assert/strict";
import { summarize } from "./summary.ts";

const engines = {
  kafka: "runs in a container",
  mongo: "runs elsewhere",
  clickhouse: "runs as a local process",
};
const endpoints = {
  kafkaBootstrapServers: "127.0.0.1:9092",
  mongoUri: "mongodb://ann:s3cret@db:27017/",
  clickhouseUrl: "http://127.0.0.1:8123",
  lakeUrl: ".local/lake",
};

Deno.test("the block says where everything is, where each engine came from, and how to stop", () => {
  const block = summarize({
    endpoints: { ...endpoints, webUrl: "http://localhost:8000", collectUrl: "http://localhost:8001" },
    engines,
    logsDir: ".local/logs",
    tookMs: 8_449,
  });
  assert.equal(
    block,
    `
Countinghouse is up after 8.4 s.

  Dashboard   http://localhost:8000
  Collector   POST http://localhost:8001/v1/events
  Kafka       127.0.0.1:9092 (runs in a container)
  MongoDB     mongodb://ann:***@db:27017/ (runs elsewhere)
  ClickHouse  http://127.0.0.1:8123 (runs as a local process)
  Logs        .local/logs
  Stop        Ctrl+C
`,
  );
});

Deno.test("a stack of engines alone has no dashboard", () => {
  const block = summarize({ endpoints, engines, logsDir: ".local/logs", tookMs: 1_000 });
  assert.match(block, /^\nThe engines are up after 1\.0 s\./);
  assert.doesNotMatch(block, /Dashboard/);
});
