import assert from "node:assert/strict";
import fc from "fast-check";
import { Backlog } from "./backlog.ts";
import type { Delivery } from "./delivery.ts";

const record = (intendedMs: number, bytes = 10): Delivery => ({
  key: new Uint8Array(1),
  value: new Uint8Array(bytes),
  intendedMs,
  kind: "event",
});

Deno.test("a backlog is a queue: pushes, peeks and drops agree with a plain list", () => {
  const command = fc.oneof(fc.constant("push" as const), fc.nat(7));
  fc.assert(fc.property(fc.array(command, { maxLength: 200 }), (commands) => {
    const backlog = new Backlog(1_000_000);
    const list: number[] = [];
    commands.forEach((command, index) => {
      if (command === "push") {
        backlog.push(record(index));
        list.push(index);
      } else {
        assert.deepEqual(backlog.peek(command).map(({ intendedMs }) => intendedMs), list.slice(0, command));
        backlog.drop(command);
        list.splice(0, command);
      }
      assert.equal(backlog.size, list.length);
      assert.equal(backlog.oldest?.intendedMs, list[0]);
    });
  }));
});

Deno.test("a backlog is full from its bytes on, and has room again when records are dropped", () => {
  const backlog = new Backlog(100);
  backlog.push(record(1, 60));
  assert.equal(backlog.full, false);
  backlog.push(record(2, 60));
  assert.equal(backlog.full, true);
  backlog.drop(1);
  assert.equal(backlog.full, false);
});
