import assert from "node:assert/strict";
import { createSay, seconds, withoutPassword } from "./console.ts";

Deno.test("what is said has its part's name in front, in colour on a terminal only", () => {
  const written: string[] = [];
  createSay((line) => written.push(line), false)("rollup", "hello");
  createSay((line) => written.push(line), true)("rollup", "hello");
  assert.equal(written[0], "rollup     | hello");
  // deno-lint-ignore no-control-regex -- a colour code begins with one
  assert.match(written[1]!, /^\x1b\[\d+mrollup {5}\|\x1b\[39m hello$/);
});

Deno.test("a password in an address is never shown", () => {
  assert.equal(withoutPassword("mongodb://ann:s3cret@db:27017/x"), "mongodb://ann:***@db:27017/x");
  assert.equal(withoutPassword("https://:s3cret@host:8443"), "https://:***@host:8443");
  assert.equal(withoutPassword("http://127.0.0.1:8123"), "http://127.0.0.1:8123");
  assert.equal(withoutPassword("127.0.0.1:9092,127.0.0.1:9093"), "127.0.0.1:9092,127.0.0.1:9093");
});

Deno.test("a time is shown in seconds with one decimal", () => {
  assert.equal(seconds(3_249), "3.2 s");
});
