import { runToEnd } from "../supervisor/mod.ts";
import type { Engine, EnginePlace, Program } from "./engine.ts";
import { countBrokers } from "./kafka_metadata.ts";
import { log4jProperties, serverProperties } from "./kafka_properties.ts";
import { JAVA, MAVEN } from "./prerequisite.ts";

const VERSION = "4.1.0";
/** Of log4j, the version that Kafka itself brings; the bridge from slf4j isn't among its dependencies. */
const LOG4J_VERSION = "2.24.3";
const CLUSTER_ID = "Q291bnRpbmdob3VzZS1sbw";
const ASK_TIMEOUT_MS = 1_000;

/** Apache Kafka as a single KRaft node. */
export const kafka: Engine = {
  name: "kafka",
  title: "Kafka",
  version: VERSION,
  neededToInstall: [MAVEN],
  neededToRun: [JAVA],

  install: (_folder, command) => ({
    files: { "pom.xml": pom() },
    steps: [{
      title: "downloading its jars with Maven",
      command: command(MAVEN),
      args: ["--batch-mode", "--quiet", "dependency:copy-dependencies"],
    }],
  }),

  async prepare(place) {
    await Deno.mkdir(place.dataDir, { recursive: true });
    await Deno.writeTextFile(`${place.dataDir}/log4j2.properties`, log4jProperties());
    await Deno.writeTextFile(`${place.dataDir}/server.properties`, serverProperties(place));
    if (await exists(`${place.dataDir}/log/meta.properties`)) return;
    await formatStorage(place);
  },

  program: (place) => java(place, "kafka.Kafka", [`${place.dataDir}/server.properties`]),

  address: (port) => `127.0.0.1:${port}`,

  async ask(port) {
    if (await countBrokers(port, ASK_TIMEOUT_MS) === 0) {
      throw new Error("the broker hasn't joined its cluster yet");
    }
  },
};

/** The format step that a KRaft node needs once, before its first start. */
async function formatStorage(place: EnginePlace): Promise<void> {
  const { command, args } = java(place, "kafka.tools.StorageTool", [
    "format",
    "--ignore-formatted",
    "--cluster-id",
    CLUSTER_ID,
    "--config",
    `${place.dataDir}/server.properties`,
  ]);
  const { success, output } = await runToEnd(command, args);
  if (!success) throw new Error(`Cannot format Kafka's storage:\n${output}`);
}

function java(place: EnginePlace, main: string, args: readonly string[]): Program {
  return {
    command: "java",
    args: [
      "-Xms128m",
      "-Xmx512m",
      // Better started again by the supervisor than half alive.
      "-XX:+ExitOnOutOfMemoryError",
      "-XX:-UsePerfData",
      "-Djava.awt.headless=true",
      `-Dlog4j2.configurationFile=${place.dataDir}/log4j2.properties`,
      "-cp",
      `${place.installDir}/libs/*`,
      main,
      ...args,
    ],
  };
}

function pom(): string {
  const dependency = (group: string, artifact: string, version: string) =>
    `    <dependency><groupId>${group}</groupId><artifactId>${artifact}</artifactId>` +
    `<version>${version}</version></dependency>`;
  return `<?xml version="1.0" encoding="UTF-8"?>
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>countinghouse</groupId>
  <artifactId>kafka</artifactId>
  <version>1</version>
  <packaging>pom</packaging>
  <dependencies>
${dependency("org.apache.kafka", "kafka_2.13", VERSION)}
${dependency("org.apache.logging.log4j", "log4j-slf4j-impl", LOG4J_VERSION)}
  </dependencies>
  <build>
    <plugins>
      <plugin>
        <artifactId>maven-dependency-plugin</artifactId>
        <version>3.8.1</version>
        <configuration>
          <outputDirectory>libs</outputDirectory>
          <includeScope>runtime</includeScope>
        </configuration>
      </plugin>
    </plugins>
  </build>
</project>
`;
}

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, (error) => {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  });
}
