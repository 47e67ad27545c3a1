import { deepEqual, ok } from "node:assert/strict";

/** Ours, and those that are made of web standards alone. */
const ALLOWED =
  /^(hono|hono\/[\w-]+|bowser|isbot|zod|@countinghouse\/core|@countinghouse\/log\/dead_letter)$/;

/** The files that app.ts is made of, with what else they import; types alone don't count. */
async function filesOf(entry: URL, found = new Map<string, string>()): Promise<Map<string, string>> {
  if (found.has(entry.href)) return found;
  const text = await Deno.readTextFile(entry);
  found.set(entry.href, text);
  for (const name of importsOf(text).filter((name) => name.startsWith("./") && name.endsWith(".ts"))) {
    await filesOf(new URL(name, entry), found);
  }
  return found;
}

function importsOf(text: string): string[] {
  return [...text.matchAll(/^import (?!type )[^;]*?from "([^"]+)"/gms)].map(([, name]) => name!);
}

Deno.test("the collector's app needs web standards only, so that it runs on an edge too", async () => {
  const files = await filesOf(new URL("./app.ts", import.meta.url));
  ok(files.size > 15);
  const packages = [...files.values()].flatMap(importsOf).filter((name) => !name.startsWith("./"));
  deepEqual(packages.filter((name) => !ALLOWED.test(name)), []);
  deepEqual(
    [...files].filter(([, text]) => /\bDeno\.|\bprocess\.|\bBuffer\b/.test(text)).map(([file]) => file),
    [],
  );
});
