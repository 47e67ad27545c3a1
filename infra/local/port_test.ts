import assert from "node:assert/strict";
import { isFree, Ports } from "./port.ts";

Deno.test("a free port is taken as asked for, and one in use gives way to the next free one", () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const busy = listener.addr.port;
  assert.equal(isFree(busy), false);
  const chosen = new Ports().next(busy);
  assert.ok(chosen > busy);
  assert.equal(new Ports().next(chosen), chosen);
});

Deno.test("a port that is in use on every address is in use", () => {
  using listener = Deno.listen({ hostname: "0.0.0.0", port: 0 });
  assert.equal(isFree(listener.addr.port), false);
});

Deno.test("no port is handed out twice, though nothing listens on it yet", () => {
  const ports = new Ports();
  const chosen = [ports.any(), ports.any(), ports.any()];
  chosen.push(ports.next(chosen[0]!));
  assert.equal(new Set(chosen).size, chosen.length);
});

Deno.test("where no port is left the message says from where on", () => {
  const ports = new Ports();
  ports.next(65_535);
  assert.throws(() => ports.next(65_535), /Cannot find a free port from 65535 on/);
});
