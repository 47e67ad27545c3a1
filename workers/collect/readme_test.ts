import { equal, ok } from "node:assert/strict";
import { testCollector } from "./app_fixture.ts";

/** The README's curl lines: address, headers, body, and the status that each says it is answered with. */
async function examples() {
  const text = await Deno.readTextFile(new URL("./README.md", import.meta.url));
  return text.split("\n").filter((line) => line.startsWith("curl -i")).map((line) => {
    const [, address] = /^curl -i '?localhost:8000([^' ]+)'?/.exec(line)!;
    const headers = [...line.matchAll(/-H '([^:]+): ([^']*)'/g)].map((
      [, name, value],
    ): [string, string] => [name!, value!]);
    const body = / -d '([^']*)'/.exec(line)?.[1];
    return { line, address: address!, headers, body, status: Number(/# (\d{3})$/.exec(line)![1]) };
  });
}

Deno.test("every example of the README is answered as it says", async () => {
  const { app } = testCollector({ shopifySecret: "hush-hush-hush-hush" });
  const all = await examples();
  ok(all.length >= 12);
  for (const { line, address, headers, body, status } of all) {
    const init: RequestInit = body === undefined ? { headers } : { method: "POST", headers, body };
    const response = await app.request(address, init);
    equal(response.status, status, line);
  }
});
