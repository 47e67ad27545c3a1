import { Duplex } from "node:stream";
import { constants, createBrotliCompress, createGzip, createZstdCompress } from "node:zlib";
import { exceptionFrame } from "./exception.ts";

/** The brotli level that suits a stream; zlib's own default takes seconds per megabyte. */
const BROTLI_QUALITY = 4;
const GZIP_LEVEL = 3;

/** What a body is made of. */
export interface ResultBody {
  readonly first: IteratorResult<Uint8Array>;
  readonly rest: AsyncGenerator<Uint8Array>;
  /** Announced in the header, and around an exception in mid-stream. */
  readonly exceptionTag: string;
  readonly explain: (error: unknown) => string;
  /** The request's `Accept-Encoding`, where the request wants compression. */
  readonly accepted: string | null;
}

/**
 * A result as a body, pulled as fast as the client reads. An exception in mid-stream is framed as ClickHouse does,
 * and then the connection is broken off, so that no reader can take the rows for complete.
 */
export function resultBody(
  result: ResultBody,
): { readonly body: ReadableStream<Uint8Array>; readonly encoding: string | undefined } {
  let failure: unknown;
  const chunks = pulled(result, (error) => {
    failure = error;
    return exceptionFrame(result.explain(error), result.exceptionTag);
  });
  const { body, encoding } = compressed(chunks, result.accepted);
  const broken = new TransformStream<Uint8Array, Uint8Array>({
    flush: () => {
      if (failure !== undefined) throw failure;
    },
  });
  return { body: body.pipeThrough(broken), encoding };
}

function pulled(
  { first, rest }: ResultBody,
  frame: (error: unknown) => Uint8Array,
): ReadableStream<Uint8Array> {
  let next: Promise<IteratorResult<Uint8Array>> = Promise.resolve(first);
  return new ReadableStream({
    async pull(controller) {
      try {
        const { done, value } = await next;
        if (done) return controller.close();
        controller.enqueue(value);
        next = rest.next();
        next.catch(() => {});
      } catch (error) {
        controller.enqueue(frame(error));
        controller.close();
      }
    },
    cancel: async () => void await rest.return(undefined),
  }, { highWaterMark: 0 });
}

function compressed(
  body: ReadableStream<Uint8Array>,
  accepted: string | null,
): { readonly body: ReadableStream<Uint8Array>; readonly encoding: string | undefined } {
  const wanted = (accepted ?? "").split(",").map((part) => part.split(";")[0]?.trim());
  for (const [encoding, create] of Object.entries(COMPRESSORS)) {
    if (!wanted.includes(encoding)) continue;
    const transform = Duplex.toWeb(create()) as TransformStream<Uint8Array, Uint8Array>;
    return { body: body.pipeThrough(transform), encoding };
  }
  return { body, encoding: undefined };
}

const COMPRESSORS: Readonly<Record<string, () => Duplex>> = {
  zstd: () => createZstdCompress(),
  gzip: () => createGzip({ level: GZIP_LEVEL }),
  br: () => createBrotliCompress({ params: { [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY } }),
};
