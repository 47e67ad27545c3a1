import { Hono } from "hono";
import type { Manifest } from "./client_manifest.ts";

/** A built file as it goes over the wire, by content encoding. */
export interface Asset {
  readonly type: string;
  readonly bodies: Readonly<Record<Encoding, Uint8Array<ArrayBuffer>>>;
}

type Encoding = "br" | "gzip" | "identity";

const SUFFIX: Readonly<Record<Encoding, string>> = { br: ".br", gzip: ".gz", identity: "" };
const TYPES: Readonly<Record<string, string>> = {
  js: "text/javascript; charset=utf-8",
  css: "text/css; charset=utf-8",
};

/** Where {@link assetRoute} serves a file. */
export function assetUrl(file: string): string {
  return `/assets/${file}`;
}

/**
 * Reads the built client into memory; it is small.
 *
 * @throws when a file of the manifest is missing.
 */
export async function loadAssets(manifest: Manifest, directory: URL): Promise<ReadonlyMap<string, Asset>> {
  const read = (file: string, encoding: Encoding) =>
    Deno.readFile(new URL(file + SUFFIX[encoding], directory));
  return new Map(
    await Promise.all(manifest.files.map(async (file) => {
      const [br, gzip, identity] = await Promise.all([
        read(file, "br"),
        read(file, "gzip"),
        read(file, "identity"),
      ]);
      const type = TYPES[file.slice(file.lastIndexOf(".") + 1)] ?? "application/octet-stream";
      return [file, { type, bodies: { br, gzip, identity } }] as const;
    })),
  );
}

/** `/assets/*`: files named by their content, so a browser may keep them for good. */
export function assetRoute(assets: ReadonlyMap<string, Asset>): Hono {
  return new Hono().get("/assets/:file", (c) => {
    const file = c.req.param("file");
    const asset = assets.get(file);
    if (asset === undefined) return c.notFound();
    const headers = {
      "content-type": asset.type,
      "cache-control": "public, max-age=31536000, immutable",
      "etag": `"${file}"`,
      "vary": "Accept-Encoding",
    };
    if (c.req.header("if-none-match") === headers.etag) return c.body(null, 304, headers);
    const encoding = bestEncoding(c.req.header("accept-encoding") ?? "");
    const encoded = encoding === "identity" ? {} : { "content-encoding": encoding };
    return c.body(asset.bodies[encoding], 200, { ...headers, ...encoded });
  });
}

function bestEncoding(accepted: string): Encoding {
  if (/\bbr\b/.test(accepted)) return "br";
  return /\bgzip\b/.test(accepted) ? "gzip" : "identity";
}
