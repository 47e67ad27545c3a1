import { BSON } from "mongodb";

/** Length, id, id of the request that a reply answers, opcode: 32 bits each. */
const HEADER_BYTES = 16;
const FLAGS_BYTES = 4;
const OP_MSG = 2013;
/** The section that holds the command; other kinds hold documents that it refers to. */
const BODY = 0;

/** One message of MongoDB's wire protocol (https://www.mongodb.com/docs/manual/reference/mongodb-wire-protocol). */
export class MongoMessage {
  readonly bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  get id(): number {
    return int32(this.bytes, 4);
  }

  /** The id of the request that this answers. */
  get repliesTo(): number {
    return int32(this.bytes, 8);
  }

  /** The command, or its answer; undefined for messages older than OP_MSG. */
  get body(): Readonly<Record<string, unknown>> | undefined {
    if (int32(this.bytes, 12) !== OP_MSG) return undefined;
    for (let at = HEADER_BYTES + FLAGS_BYTES; at < this.bytes.length;) {
      const content = at + 1;
      const end = content + int32(this.bytes, content);
      if (this.bytes[at] === BODY) return BSON.deserialize(this.bytes.subarray(content, end));
      at = end;
    }
    return undefined;
  }
}

/** Cuts a stream of bytes into its messages. */
export async function* messagesOf(stream: AsyncIterable<Uint8Array>): AsyncGenerator<MongoMessage> {
  let waiting = new Uint8Array();
  for await (const chunk of stream) {
    const joined = new Uint8Array(waiting.length + chunk.length);
    joined.set(waiting);
    joined.set(chunk, waiting.length);
    waiting = joined;
    while (waiting.length >= HEADER_BYTES && waiting.length >= int32(waiting, 0)) {
      const length = int32(waiting, 0);
      yield new MongoMessage(waiting.slice(0, length));
      waiting = waiting.slice(length);
    }
  }
}

function int32(bytes: Uint8Array, at: number): number {
  return new DataView(bytes.buffer, bytes.byteOffset).getInt32(at, true);
}
