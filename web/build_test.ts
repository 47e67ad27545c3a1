import assert from "node:assert/strict";
import { loadAssets } from "./assets.ts";
import { buildClient } from "./build.ts";
import { CLIENT_DIR, freshManifest } from "./client_manifest.ts";

/** What a visitor's browser has to fetch and run, compressed. */
const MOST_SCRIPT_BYTES = 45_000;

Deno.test("the client is small, split, and named by its content", async () => {
  const manifest = await buildClient();
  const assets = await loadAssets(manifest, CLIENT_DIR);
  const scripts = [...assets].filter(([file]) => file.endsWith(".js"));
  const bytes = scripts.reduce((sum, [, { bodies }]) => sum + bodies.gzip.length, 0);
  assert.ok(bytes < MOST_SCRIPT_BYTES, `all scripts have ${bytes} bytes`);
  assert.ok(scripts.length > 3, "the islands are not chunks of their own");
  for (const [file] of assets) assert.match(file, /^[\w-]+-[A-Z0-9]{8}\.(js|css)$/);
  assert.ok(assets.has(manifest.script) && assets.has(manifest.style));
  for (const file of manifest.preload) assert.ok(assets.has(file));
});

Deno.test("a client whose sources are as they were is fresh", async () => {
  const built = await buildClient();
  assert.deepEqual(await freshManifest(), built);
  assert.ok(Object.keys(built.inputs).includes("web/islands/client.ts"));
});
