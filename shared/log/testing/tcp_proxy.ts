/** A TCP proxy in front of a real engine, with which a test breaks the connections to it. */
export interface TcpProxy extends AsyncDisposable {
  readonly port: number;
  /** Held before anything from the server is passed on. */
  replyDelayMs: number;
  /** Swallows everything from the server while true, as a network that lost its way back does. */
  dropReplies: boolean;
  /** How many bytes were swallowed so far. */
  readonly droppedBytes: number;
  /** Refuses new connections while true. */
  refuse: boolean;
  /** How many connections were opened so far. */
  readonly connections: number;
  /** Cuts all open connections in the middle of whatever they carry. */
  cut(): void;
}

/** Starts a proxy on a free local port. */
export function startTcpProxy(target: { readonly hostname: string; readonly port: number }): TcpProxy {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const open = new Set<Deno.TcpConn>();
  let connections = 0;
  let droppedBytes = 0;

  const proxy: TcpProxy = {
    port: listener.addr.port,
    replyDelayMs: 0,
    dropReplies: false,
    refuse: false,
    get droppedBytes() {
      return droppedBytes;
    },
    get connections() {
      return connections;
    },
    cut() {
      for (const connection of open) close(connection);
    },
    async [Symbol.asyncDispose]() {
      listener.close();
      proxy.cut();
      await accepting;
    },
  };

  function close(connection: Deno.TcpConn): void {
    if (open.delete(connection)) connection.close();
  }

  async function carry(from: Deno.TcpConn, to: Deno.TcpConn, isReply: boolean): Promise<void> {
    const buffer = new Uint8Array(64 * 1024);
    try {
      for (let read = await from.read(buffer); read !== null; read = await from.read(buffer)) {
        if (isReply && proxy.dropReplies) {
          droppedBytes += read;
          continue;
        }
        if (isReply && proxy.replyDelayMs > 0) await sleep(proxy.replyDelayMs);
        for (let sent = 0; sent < read;) sent += await to.write(buffer.subarray(sent, read));
      }
    } catch {
      // Cut by the test or by either side; the other side learns it below.
    } finally {
      close(from);
      close(to);
    }
  }

  async function serve(client: Deno.TcpConn): Promise<void> {
    open.add(client);
    if (proxy.refuse) return close(client);
    connections++;
    try {
      const server = await Deno.connect(target);
      open.add(server);
      await Promise.all([carry(client, server, false), carry(server, client, true)]);
    } catch {
      close(client);
    }
  }

  const accepting = (async () => {
    const serving: Promise<void>[] = [];
    for await (const client of listener) serving.push(serve(client));
    await Promise.all(serving);
  })();

  return proxy;
}

function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
