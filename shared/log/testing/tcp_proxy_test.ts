import assert from "node:assert/strict";
import { startTcpProxy, type TcpProxy } from "./tcp_proxy.ts";

/** Runs a test with a proxy in front of a server that sends back what it gets. */
async function withEcho(test: (proxy: TcpProxy, echo: Echo) => Promise<void>): Promise<void> {
  const server = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const serving = (async () => {
    for await (const connection of server) connection.readable.pipeTo(connection.writable).catch(() => {});
  })();
  const proxy = startTcpProxy({ hostname: "127.0.0.1", port: server.addr.port });
  const client = await Deno.connect({ hostname: "127.0.0.1", port: proxy.port });
  try {
    await test(proxy, new Echo(client));
  } finally {
    client.close();
    await proxy[Symbol.asyncDispose]();
    server.close();
    await serving;
  }
}

class Echo {
  constructor(readonly client: Deno.Conn) {}

  async say(text: string): Promise<void> {
    await this.client.write(new TextEncoder().encode(text));
  }

  /** What comes back next; null when the connection was cut. */
  async hear(): Promise<string | null> {
    const buffer = new Uint8Array(100);
    const read = await this.client.read(buffer).catch(() => null);
    return read === null ? null : new TextDecoder().decode(buffer.subarray(0, read));
  }
}

Deno.test("it passes on what is said both ways, and counts connections", async () => {
  await withEcho(async (proxy, echo) => {
    await echo.say("hello");
    assert.equal(await echo.hear(), "hello");
    assert.equal(proxy.connections, 1);
  });
});

Deno.test("replies are delayed as long as asked", async () => {
  await withEcho(async (proxy, echo) => {
    proxy.replyDelayMs = 80;
    const saidMs = performance.now();
    await echo.say("hello");
    assert.equal(await echo.hear(), "hello");
    assert.ok(performance.now() - saidMs >= 79);
  });
});

Deno.test("a cut ends the connection, in whatever it waits for", async () => {
  await withEcho(async (proxy, echo) => {
    await echo.say("hello");
    await echo.hear();
    const hearing = echo.hear();
    proxy.cut();
    assert.equal(await hearing, null);
  });
});

Deno.test("dropped replies never come, later ones do", async () => {
  await withEcho(async (proxy, echo) => {
    proxy.dropReplies = true;
    await echo.say("lost");
    while (proxy.droppedBytes < "lost".length) await new Promise((resolve) => setTimeout(resolve, 1));
    proxy.dropReplies = false;
    await echo.say("heard");
    assert.equal(await echo.hear(), "heard");
  });
});

Deno.test("a refused connection is closed at once", async () => {
  await withEcho(async (proxy) => {
    proxy.refuse = true;
    const client = await Deno.connect({ hostname: "127.0.0.1", port: proxy.port });
    assert.equal(await new Echo(client).hear(), null);
    client.close();
  });
});
