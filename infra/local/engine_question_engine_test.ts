import assert from "node:assert/strict";
import { loadSettings } from "@countinghouse/shared/config";
import { loadEndpoints } from "@countinghouse/shared/endpoints";
import { ENGINES } from "./launch.ts";

const { kafkaBootstrapServers, mongoUri, clickhouseUrl } = loadEndpoints(loadSettings());
const PORTS = {
  kafka: Number(kafkaBootstrapServers.split(":").at(-1)),
  mongo: Number(new URL(mongoUri).port),
  clickhouse: Number(new URL(clickhouseUrl).port),
};

for (const engine of Object.values(ENGINES)) {
  Deno.test(`${engine.title} answers the question that decides whether it is ready`, async () => {
    await engine.ask(PORTS[engine.name]);
  });

  Deno.test(`where no ${engine.title} listens, the question has no answer`, async () => {
    const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const { port } = listener.addr;
    listener.close();
    await assert.rejects(engine.ask(port));
  });
}
