import assert from "node:assert/strict";
import { Ports } from "./local/mod.ts";
import { chooseMemberPort, MemberPortError } from "./member_port.ts";

const dashboard = (port: number, defaultPort: number) => ({
  serves: "the dashboard",
  port,
  defaultPort,
  variable: "PORT",
});
const nothingSet = () => undefined;

Deno.test("a port that nobody chose gives way to the next free one, and no two members get the same", () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  const ports = new Ports();
  const first = chooseMemberPort(dashboard(port, port), ports, nothingSet);
  assert.ok(first > port);
  assert.ok(chooseMemberPort(dashboard(port, port), ports, nothingSet) > first);
});

Deno.test("a port that was chosen is taken or refused, never replaced", () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  const chosen = [
    () => chooseMemberPort(dashboard(port, port + 1), new Ports(), nothingSet),
    () => chooseMemberPort(dashboard(port, port), new Ports(), () => String(port)),
  ];
  for (const choose of chosen) {
    assert.throws(choose, (error: Error) => {
      assert.ok(error instanceof MemberPortError);
      assert.match(error.message, new RegExp(`dashboard on port ${port}, which PORT .*in use`));
      return true;
    });
  }
  listener.close();
  for (const choose of chosen) assert.equal(choose(), port);
});
