import { connect as connectSocket, createServer, type Server, type Socket } from "node:net";

/** A way to a server that can be shut: connections break, and new ones are broken off at once. */
export async function openGate(target: URL) {
  const sockets = new Set<Socket>();
  let open = true;
  let refused = 0;
  const server: Server = createServer((near) => {
    near.on("error", () => {});
    if (!open) {
      refused++;
      near.destroy();
      return;
    }
    const far = connectSocket(Number(target.port), target.hostname);
    for (const [from, to] of [[near, far], [far, near]] as const) {
      sockets.add(from);
      from.on("error", () => to.destroy()).on("close", () => {
        sockets.delete(from);
        to.destroy();
      }).pipe(to);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const breakAll = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    url: `http://127.0.0.1:${port}`,
    /** Connections that were broken off while it was shut. */
    refused: () => refused,
    shut: () => {
      open = false;
      breakAll();
    },
    reopen: () => {
      open = true;
    },
    close: () => {
      breakAll();
      return new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
