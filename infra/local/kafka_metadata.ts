const METADATA = 3;
const VERSION = 1;
const NO_CLIENT_ID = -1;
const REQUEST_BYTES = 18;
/** Size, correlation id, and the number of brokers, 4 bytes each. */
const HEAD_BYTES = 12;

/**
 * Asks a Kafka broker how many brokers its cluster has that take requests: 0 while it is still joining. One
 * Metadata request (version 1, for no topic) of the Kafka protocol, written by hand: a client library would print
 * warnings and try again by itself, where all that is wanted is one question.
 *
 * @throws when there is no answer within `timeoutMs`, or none that this protocol allows.
 */
export async function countBrokers(port: number, timeoutMs: number): Promise<number> {
  const connection = await Deno.connect({ hostname: "127.0.0.1", port });
  // Closing is what ends a read that waits.
  const timer = setTimeout(() => connection.close(), timeoutMs);
  try {
    await connection.write(request());
    const head = new Uint8Array(HEAD_BYTES);
    for (let length = 0; length < HEAD_BYTES;) {
      const read = await connection.read(head.subarray(length));
      if (read === null) throw new Error("the broker closed the connection");
      length += read;
    }
    return new DataView(head.buffer).getInt32(8);
  } finally {
    clearTimeout(timer);
    try {
      connection.close();
    } catch {
      // It was closed when the time was up.
    }
  }
}

function request(): Uint8Array<ArrayBuffer> {
  const view = new DataView(new ArrayBuffer(REQUEST_BYTES));
  view.setInt32(0, REQUEST_BYTES - 4);
  view.setInt16(4, METADATA);
  view.setInt16(6, VERSION);
  view.setInt32(8, 0); // correlation id
  view.setInt16(12, NO_CLIENT_ID);
  view.setInt32(14, 0); // topics
  return new Uint8Array(view.buffer);
}
