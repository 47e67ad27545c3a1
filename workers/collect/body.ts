import type { Problem } from "./problem.ts";

/** What a body may be. */
export interface BodyLimits {
  /** As it is sent, and again when it is unpacked. */
  readonly maxBodyBytes: number;
  /** All bodies under way together. */
  readonly maxPendingBytes: number;
  readonly bodyTimeoutMs: number;
}

/** A body, or why it can't be had. Whoever has it calls `release` when the request is over. */
export type Body =
  | { readonly ok: true; readonly bytes: Uint8Array<ArrayBuffer>; release(): void }
  | { readonly ok: false; readonly problem: Problem };

type Chunks = ReadableStream<Uint8Array<ArrayBuffer>>;

/** Content-Encoding -> the name that `DecompressionStream` has for it. */
const UNPACKED_BY: Readonly<Record<string, CompressionFormat>> = {
  gzip: "gzip",
  "x-gzip": "gzip",
  deflate: "deflate",
};
/** A thousandfold bomb unpacks to four MiB from a piece of this size, which is as far as one gets. */
const PIECE_BYTES = 4_096;

/** Reads the bodies of requests, bounded in bytes, in bytes of all of them together, and in time. */
export class BodyReader {
  readonly #limits: BodyLimits;
  #pendingBytes = 0;

  constructor(limits: BodyLimits) {
    this.#limits = limits;
  }

  /** Never throws: a body that is broken off, can't be unpacked or is too much is a problem. */
  async read(request: Request): Promise<Body> {
    const { maxBodyBytes, bodyTimeoutMs } = this.#limits;
    const encoding = request.headers.get("content-encoding")?.trim().toLowerCase() || "identity";
    const unpackedBy = UNPACKED_BY[encoding];
    if (encoding !== "identity" && unpackedBy === undefined) return refused(unknownEncoding(encoding));
    if (Number(request.headers.get("content-length")) > maxBodyBytes) return refused(tooLarge(maxBodyBytes));
    if (request.body === null) return { ok: true, bytes: new Uint8Array(0), release: () => {} };

    let problem: Problem | undefined;
    const sent = request.body as Chunks;
    const stream = unpackedBy === undefined ? sent : unpacked(sent, unpackedBy, maxBodyBytes, () => {
      problem = tooLarge(maxBodyBytes);
    });
    const reader = stream.getReader();
    const timer = setTimeout(() => {
      problem = tooSlow(bodyTimeoutMs);
      reader.cancel().catch(() => {});
    }, bodyTimeoutMs);
    const chunks: Uint8Array<ArrayBuffer>[] = [];
    let length = 0;
    const release = () => {
      this.#pendingBytes -= length;
      length = 0;
    };
    try {
      for (let next = await reader.read(); !next.done; next = await reader.read()) {
        chunks.push(next.value);
        length += next.value.length;
        this.#pendingBytes += next.value.length;
        if (length > maxBodyBytes) problem = tooLarge(maxBodyBytes);
        else if (this.#pendingBytes > this.#limits.maxPendingBytes) problem = TOO_MANY;
        if (problem !== undefined) break;
      }
    } catch {
      problem ??= BROKEN;
    } finally {
      clearTimeout(timer);
    }
    if (problem === undefined) return { ok: true, bytes: joined(chunks, length), release };
    release();
    reader.cancel().catch(() => {});
    return refused(problem);
  }
}

function unpacked(
  sent: Chunks,
  format: CompressionFormat,
  maxBytes: number,
  onTooLarge: () => void,
): Chunks {
  let taken = 0;
  const pieces = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
    transform(chunk, controller) {
      taken += chunk.length;
      if (taken > maxBytes) {
        onTooLarge();
        controller.error(new RangeError("The body is too large"));
        return;
      }
      for (let at = 0; at < chunk.length; at += PIECE_BYTES) {
        controller.enqueue(chunk.subarray(at, at + PIECE_BYTES));
      }
    },
  });
  return sent.pipeThrough(pieces).pipeThrough(new DecompressionStream(format));
}

function joined(chunks: readonly Uint8Array<ArrayBuffer>[], length: number): Uint8Array<ArrayBuffer> {
  if (chunks.length === 1) return chunks[0]!;
  const whole = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}

const BROKEN: Problem = {
  status: 400,
  title: "Broken body",
  detail: "The body ended too early, or is not packed as its Content-Encoding says",
};
const TOO_MANY: Problem = {
  status: 503,
  title: "Busy",
  detail: "Too many events are under way at this moment",
  retryAfterSeconds: 1,
};

function tooLarge(maxBytes: number): Problem {
  const detail = `A body has at most ${maxBytes} bytes, as it is sent and when it is unpacked`;
  return { status: 413, title: "Body too large", detail, headers: { connection: "close" } };
}

function tooSlow(timeoutMs: number): Problem {
  const detail = `The body did not arrive within ${timeoutMs} ms`;
  return { status: 408, title: "Body too slow", detail, headers: { connection: "close" } };
}

function unknownEncoding(encoding: string): Problem {
  return {
    status: 415,
    title: "Unknown encoding",
    detail: `Cannot unpack a body as gzip or deflate: Content-Encoding is ${JSON.stringify(encoding)}`,
    headers: { "accept-encoding": "gzip, deflate" },
  };
}

function refused(problem: Problem): Body {
  return { ok: false, problem };
}
