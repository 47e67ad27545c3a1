import assert from "node:assert/strict";
import { chooseWebPort, WebPortError } from "./web_port.ts";

Deno.test("a port that nobody asked for gives way to the next free one", () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  assert.ok(chooseWebPort({ port }, false) > port);
});

Deno.test("a port that was asked for is taken or refused, never replaced", () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  assert.throws(() => chooseWebPort({ port }, true), (error: Error) => {
    assert.ok(error instanceof WebPortError);
    assert.match(error.message, new RegExp(`port ${port}\\b.*in use`));
    return true;
  });
  listener.close();
  assert.equal(chooseWebPort({ port }, true), port);
});
