const HOST = "127.0.0.1";
const HIGHEST = 65_535;

/** Hands out ports of this machine that nothing listens on, none of them twice. */
export class Ports {
  readonly #taken = new Set<number>();

  /** The port asked for where it is free, else the next free one above it. @throws where none is left. */
  next(usual: number): number {
    for (let port = usual; port <= HIGHEST; port++) {
      if (!this.#taken.has(port) && isFree(port)) return this.#take(port);
    }
    throw new Error(`Cannot find a free port from ${usual} on: all up to ${HIGHEST} are in use`);
  }

  /** Any free port, as the operating system picks it. */
  any(): number {
    while (true) {
      const listener = Deno.listen({ hostname: HOST, port: 0 });
      const { port } = listener.addr;
      listener.close();
      if (!this.#taken.has(port)) return this.#take(port);
    }
  }

  #take(port: number): number {
    this.#taken.add(port);
    return port;
  }
}

/** Whether nothing listens on this port of this machine. */
export function isFree(port: number): boolean {
  try {
    Deno.listen({ hostname: HOST, port }).close();
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.AddrInUse || error instanceof Deno.errors.PermissionDenied) return false;
    throw error;
  }
}
