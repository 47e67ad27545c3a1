import assert from "node:assert/strict";
import { countBrokers } from "./kafka_metadata.ts";

const TIMEOUT_MS = 5_000;

/** A listener that answers the first request with these bytes, and then closes. */
function answering(bytes: Uint8Array<ArrayBuffer>) {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const asked = (async () => {
    using connection = await listener.accept();
    const request = new Uint8Array(64);
    const length = await connection.read(request) ?? 0;
    await connection.write(bytes);
    return request.slice(0, length);
  })();
  return { port: listener.addr.port, asked, [Symbol.dispose]: () => listener.close() };
}

Deno.test("the request is Metadata version 1 for no topic, and the brokers are counted", async () => {
  using broker = answering(new Uint8Array([0, 0, 0, 99, 0, 0, 0, 0, 0, 0, 0, 3]));
  assert.equal(await countBrokers(broker.port, TIMEOUT_MS), 3);
  const expected = [0, 0, 0, 14, 0, 3, 0, 1, 0, 0, 0, 0, 255, 255, 0, 0, 0, 0];
  assert.deepEqual([...await broker.asked], expected);
});

Deno.test("a connection that closes without an answer is no answer", async () => {
  using broker = answering(new Uint8Array([0, 0]));
  await assert.rejects(countBrokers(broker.port, TIMEOUT_MS), /closed the connection|reset/);
});

Deno.test("an answer that never comes ends the question when its time is up", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const silent = listener.accept();
  await assert.rejects(countBrokers(listener.addr.port, 50));
  (await silent).close();
});
