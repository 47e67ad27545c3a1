/** How a body's end is dealt with. */
export interface BodyOptions {
  /** A reader that takes nothing for so long is given up. */
  readonly stallMs: number;
  /** Something went wrong when part of it had been sent. */
  readonly onFailure: (error: unknown) => void;
  /** It is over, in whichever way; called once. */
  readonly onEnd: () => void;
}

/**
 * A body of chunks that are made as fast as the reader takes them. The first is made before this answers, so that
 * what fails at the start can still be told properly. A failure later breaks the body off without its proper end, so
 * that nobody takes it for complete. The signal given to `open` aborts when the body is over, in whichever way.
 *
 * @throws what making the first chunk throws.
 */
export async function openBody(
  open: (signal: AbortSignal) => AsyncGenerator<Uint8Array>,
  { stallMs, onFailure, onEnd }: BodyOptions,
): Promise<ReadableStream<Uint8Array>> {
  const stop = new AbortController();
  const chunks = open(stop.signal);
  let stallTimer: ReturnType<typeof setTimeout> | undefined;
  let ended = false;
  const end = () => {
    if (ended) return;
    ended = true;
    clearTimeout(stallTimer);
    stop.abort();
    // What it says to being stopped is no news.
    chunks.return(undefined).catch(() => {});
    onEnd();
  };
  const first = await chunks.next().catch((error) => {
    end();
    throw error;
  });
  let made: IteratorResult<Uint8Array> | undefined = first;

  const fail = (controller: ReadableStreamDefaultController<Uint8Array>, error: unknown) => {
    if (ended) return;
    end();
    onFailure(error);
    controller.error(error);
  };
  const awaitReader = (controller: ReadableStreamDefaultController<Uint8Array>) => {
    const stalled = new Error(`Cannot send on: the reader has taken nothing for ${stallMs} ms`);
    stallTimer = setTimeout(() => fail(controller, stalled), stallMs);
  };
  return new ReadableStream<Uint8Array>({
    start: awaitReader,
    async pull(controller) {
      clearTimeout(stallTimer);
      try {
        const { done, value } = made ?? await chunks.next();
        made = undefined;
        if (ended) return;
        if (done) {
          end();
          return controller.close();
        }
        controller.enqueue(value);
        awaitReader(controller);
      } catch (error) {
        fail(controller, error);
      }
    },
    cancel: end,
  }, { highWaterMark: 0 });
}
