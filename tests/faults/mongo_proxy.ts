import { messagesOf, type MongoMessage } from "./mongo_message.ts";

/** What becomes of an update on its way: passed on, held until it is let go, or applied and its reply lost. */
export type Fate = "pass" | "hold" | "lose reply";

/** A proxy in front of MongoDB that reads what it carries, so that a fault strikes the very write that is meant. */
export interface MongoProxy extends AsyncDisposable {
  readonly port: number;
  /** Asked about each update, with the name of its collection. */
  fateOf: (collection: string) => Fate;
  /** How many updates were held so far. */
  readonly held: number;
  /** How many documents each update changed whose reply was lost, as that reply said. The connection is cut then. */
  readonly lost: readonly number[];
  /** Passes all updates on that are held, even those whose client has hung up. */
  letGo(): void;
}

/** Starts a proxy on a free local port. */
export function startMongoProxy(mongoUri: string): MongoProxy {
  const { hostname, port } = new URL(mongoUri);
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const open = new Set<Deno.TcpConn>();
  const lost: number[] = [];
  let held = 0;
  let release = Promise.withResolvers<void>();

  const proxy: MongoProxy = {
    port: listener.addr.port,
    fateOf: () => "pass",
    get held() {
      return held;
    },
    lost,
    letGo() {
      release.resolve();
      release = Promise.withResolvers();
    },
    async [Symbol.asyncDispose]() {
      listener.close();
      proxy.letGo();
      for (const connection of open) close(connection);
      await accepting;
    },
  };

  function close(connection: Deno.TcpConn): void {
    if (open.delete(connection)) connection.close();
  }

  async function serve(client: Deno.TcpConn): Promise<void> {
    open.add(client);
    const server = await Deno.connect({ hostname, port: Number(port) });
    open.add(server);
    const unanswered = new Set<number>();
    const requests = carry(client, server, async (message) => {
      const collection = message.body?.["update"];
      const fate = typeof collection === "string" ? proxy.fateOf(collection) : "pass";
      if (fate === "lose reply") unanswered.add(message.id);
      if (fate === "hold") {
        held++;
        await release.promise;
      }
      return true;
    });
    const replies = carry(server, client, (message) => {
      if (!unanswered.has(message.repliesTo)) return true;
      lost.push(message.body?.["n"] as number);
      return false;
    });
    await Promise.all([requests, replies]);
  }

  /** Carries messages until one may not pass, or either side is cut. */
  async function carry(
    from: Deno.TcpConn,
    to: Deno.TcpConn,
    mayPass: (message: MongoMessage) => boolean | Promise<boolean>,
  ): Promise<void> {
    try {
      for await (const message of messagesOf(from.readable)) {
        if (!await mayPass(message)) return;
        for (let sent = 0; sent < message.bytes.length;) sent += await to.write(message.bytes.subarray(sent));
      }
    } catch {
      // Cut by the test or by either side; the other side learns it below.
    } finally {
      close(from);
      close(to);
    }
  }

  const accepting = (async () => {
    const serving: Promise<void>[] = [];
    for await (const client of listener) serving.push(serve(client).catch(() => close(client)));
    await Promise.all(serving);
  })();

  return proxy;
}
