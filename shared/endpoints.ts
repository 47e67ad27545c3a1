import type { Settings } from "./config.ts";
import { ToldError } from "./told_error.ts";

/** Where the engines of the running stack answer. */
export interface Endpoints {
  readonly kafkaBootstrapServers: string;
  readonly mongoUri: string;
  readonly clickhouseUrl: string;
  readonly lakeUrl: string;
  /** The web server's own address, once it is up. */
  readonly webUrl?: string;
  /** The collector's own address, once it is up. */
  readonly collectUrl?: string;
}

/** No engine address was set, and no stack is running that could have told one. */
export class NoStackError extends ToldError {
  override name = "NoStackError";
}

/** The file in which a running stack says where its engines answer, so that `ingest` and others find them. */
export function endpointsFile(settings: Settings): string {
  return `${settings.dataDir}/run/endpoints.json`;
}

/**
 * Where the engines answer: what the settings name, then what the running stack wrote down.
 *
 * @throws {NoStackError} when neither names all of them.
 */
export function loadEndpoints(
  settings: Settings,
  readText: (path: string) => string = Deno.readTextFileSync,
): Endpoints {
  let running: Partial<Endpoints> = {};
  try {
    running = JSON.parse(readText(endpointsFile(settings)));
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  const kafkaBootstrapServers = settings.kafkaBootstrapServers ?? running.kafkaBootstrapServers;
  const mongoUri = settings.mongoUri ?? running.mongoUri;
  const clickhouseUrl = settings.clickhouseUrl ?? running.clickhouseUrl;
  if (!kafkaBootstrapServers || !mongoUri || !clickhouseUrl) {
    throw new NoStackError(
      "Cannot find the engines: start them with `deno task dev`, `start` or `stack`, " +
        "or set KAFKA_BOOTSTRAP_SERVERS, MONGO_URI and CLICKHOUSE_URL",
    );
  }
  const lakeUrl = settings.lakeUrl ?? running.lakeUrl ?? `${settings.dataDir}/lake`;
  return {
    kafkaBootstrapServers,
    mongoUri,
    clickhouseUrl,
    lakeUrl,
    ...(running.webUrl === undefined ? {} : { webUrl: running.webUrl }),
    ...(running.collectUrl === undefined ? {} : { collectUrl: running.collectUrl }),
  };
}
