import type { S3Access } from "../s3_store.ts";
import { pythonPrograms } from "./python_tools.ts";

const DEADLINE_MS = 30_000;

/** A bucket on a server with S3's protocol. */
export interface Bucket {
  readonly name: string;
  readonly access: S3Access & { readonly endpoint: string };
  /** The variables by which a lake is opened in it. */
  readonly environment: Readonly<Record<string, string>>;
}

/** Runs a test with a server of its own that holds one empty bucket, in memory. */
export async function withBucket(test: (bucket: Bucket) => Promise<void>): Promise<void> {
  const programs = await pythonPrograms();
  const port = freePort();
  const server = new Deno.Command(`${programs}/moto_server`, {
    args: ["-H", "127.0.0.1", "-p", `${port}`],
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  const endpoint = `http://127.0.0.1:${port}`;
  const access = {
    endpoint,
    region: "us-east-1",
    accessKeyId: "test",
    secretAccessKey: "test-secret",
    sessionToken: undefined,
  };
  try {
    await createBucket(`${endpoint}/lake`);
    await test({
      name: "lake",
      access,
      environment: {
        AWS_ENDPOINT_URL_S3: endpoint,
        AWS_ACCESS_KEY_ID: access.accessKeyId,
        AWS_SECRET_ACCESS_KEY: access.secretAccessKey,
      },
    });
  } finally {
    server.kill("SIGKILL");
    await server.status;
  }
}

async function createBucket(url: string): Promise<void> {
  const deadline = performance.now() + DEADLINE_MS;
  for (;;) {
    try {
      await (await fetch(url, { method: "PUT" })).body?.cancel();
      return;
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}
