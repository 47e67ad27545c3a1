import { resolve } from "node:path";
import { startEngines } from "@countinghouse/infra";
import { startTcpProxy, type TcpProxy } from "@countinghouse/log/testing/tcp_proxy";
import { loadSettings } from "@countinghouse/shared/config";

/** A Kafka that its clients reach through a proxy only. */
export interface KafkaBehindProxy extends AsyncDisposable {
  readonly bootstrapServers: string;
  readonly proxy: TcpProxy;
}

/** Where the installed engines are, which the engines of a test share with all others. */
export function enginesFolder(): string {
  return resolve(loadSettings().dataDir, "engines");
}

/**
 * Starts a Kafka of the test's own behind a proxy. A broker tells its clients where to connect to, so it is started
 * a second time with the proxy's port for an answer.
 */
export async function startKafkaBehindProxy(dataDir: string): Promise<KafkaBehindProxy> {
  const engines = await startEngines({
    dataDir,
    enginesDir: enginesFolder(),
    only: ["kafka"],
    say: () => {},
  });
  const [hostname, port] = engines.endpoints.kafkaBootstrapServers.split(":") as [string, string];
  const proxy = startTcpProxy({ hostname, port: Number(port) });
  const stop = async () => {
    await proxy[Symbol.asyncDispose]();
    await engines.stop();
  };
  try {
    const file = `${dataDir}/data/kafka/server.properties`;
    const properties = await Deno.readTextFile(file);
    const advertised = /^advertised\.listeners=.*$/m;
    const proxied = properties.replace(advertised, (line) => line.replace(`:${port}`, `:${proxy.port}`));
    await Deno.writeTextFile(file, proxied);
    await engines.restart("kafka");
  } catch (error) {
    await stop();
    throw error;
  }
  return { bootstrapServers: `${hostname}:${proxy.port}`, proxy, [Symbol.asyncDispose]: stop };
}
