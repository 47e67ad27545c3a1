import * as esbuild from "esbuild";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { CLIENT_DIR, freshManifest, hashOf, MANIFEST, type Manifest, WORKSPACE } from "./client_manifest.ts";

const WEB = new URL("./", import.meta.url);
const ENTRIES = { client: "islands/client.ts", style: "pages/style.css" } as const;

/**
 * Bundles the islands and the style sheet: split into chunks, minified, named by content, and compressed beforehand.
 *
 * @throws when a source can't be built, with esbuild's message.
 */
export async function buildClient(): Promise<Manifest> {
  const result = await esbuild.build({
    absWorkingDir: pathOf(WORKSPACE),
    entryPoints: Object.entries(ENTRIES).map(([out, file]) => ({ out, in: pathOf(new URL(file, WEB)) })),
    outdir: pathOf(CLIENT_DIR),
    entryNames: "[name]-[hash]",
    chunkNames: "[name]-[hash]",
    assetNames: "[name]-[hash]",
    bundle: true,
    splitting: true,
    format: "esm",
    target: ["es2023"],
    minify: true,
    metafile: true,
    write: false,
    jsx: "automatic",
    jsxImportSource: "preact",
    legalComments: "none",
    logLevel: "silent",
    plugins: [workspaceMembers],
  }).finally(() => esbuild.stop());

  await Deno.mkdir(CLIENT_DIR, { recursive: true });
  for (const { path, contents } of result.outputFiles) {
    await Deno.writeFile(path, contents);
    await Deno.writeFile(`${path}.gz`, gzipSync(contents, { level: 9 }));
    const quality = { [constants.BROTLI_PARAM_QUALITY]: 11 };
    await Deno.writeFile(`${path}.br`, brotliCompressSync(contents, { params: quality }));
  }
  const manifest = await manifestOf(result.metafile);
  // Two servers may build at once: they write the same files, and the manifest appears when all are there.
  const draft = new URL(`manifest-${crypto.randomUUID()}.json`, CLIENT_DIR);
  await Deno.writeTextFile(draft, JSON.stringify(manifest, null, 2));
  await Deno.rename(draft, MANIFEST);
  await removeOthers(manifest);
  return manifest;
}

/** esbuild knows no Deno workspace: members are resolved as Deno itself resolves them. */
const workspaceMembers: esbuild.Plugin = {
  name: "workspace-members",
  setup(build) {
    build.onResolve({ filter: /^@countinghouse\// }, ({ path }) => ({
      path: pathOf(new URL(import.meta.resolve(path))),
    }));
  },
};

async function manifestOf({ inputs, outputs }: esbuild.Metafile): Promise<Manifest> {
  const outputOf = (entry: string) => {
    const found = Object.entries(outputs).find(([, { entryPoint }]) => entryPoint === `web/${entry}`);
    if (found === undefined) throw new Error(`Cannot find what web/${entry} was built to`);
    return found;
  };
  const [script, { imports }] = outputOf(ENTRIES.client);
  const preload = imports.filter(({ kind }) => kind === "import-statement").map(({ path }) => nameOf(path));
  return {
    script: nameOf(script),
    style: nameOf(outputOf(ENTRIES.style)[0]),
    preload,
    files: Object.keys(outputs).map(nameOf),
    inputs: Object.fromEntries(
      await Promise.all(Object.keys(inputs).sort().map(async (path) => [path, await hashOf(path) ?? ""])),
    ),
  };
}

async function removeOthers({ files }: Manifest): Promise<void> {
  const current = new Set(files.flatMap((file) => [file, `${file}.gz`, `${file}.br`]));
  for await (const { name } of Deno.readDir(CLIENT_DIR)) {
    if (/\.(js|css)(\.gz|\.br)?$/.test(name) && !current.has(name)) {
      await Deno.remove(new URL(name, CLIENT_DIR)).catch(() => {});
    }
  }
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

function pathOf(url: URL): string {
  return decodeURIComponent(url.pathname);
}

if (import.meta.main) {
  const begin = performance.now();
  const built = await freshManifest();
  const { files } = built ?? await buildClient();
  const did = built === undefined ? `Built ${files.length} files` : "The client is up to date";
  console.log(`${did}: ${Math.round(performance.now() - begin)} ms`);
}
