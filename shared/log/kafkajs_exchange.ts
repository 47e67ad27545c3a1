import { Buffer } from "node:buffer";

/** A request and how its answer is read, in the shape that a kafkajs connection sends. */
export interface Exchange<Answer> {
  readonly request: {
    readonly apiKey: number;
    readonly apiVersion: number;
    readonly apiName: string;
    encode(): Promise<{ readonly buf: Uint8Array; readonly buffer: Uint8Array }>;
  };
  readonly response: {
    decode(payload: Uint8Array): Promise<Throttled<Answer>>;
    parse(decoded: Throttled<Answer>): Promise<Answer>;
  };
}

/** An answer, and for how long the broker wants to be left alone (KIP-219); kafkajs sees to that. */
export interface Throttled<Answer> {
  readonly answer: Answer;
  readonly clientSideThrottleTime: number;
}

/** What makes up an exchange. */
export interface ExchangeOptions<Answer> {
  readonly apiKey: number;
  readonly apiVersion: number;
  readonly apiName: string;
  readonly request: Uint8Array;
  /** Reads the answer; throws what it was refused with. */
  readonly decode: (payload: Uint8Array) => Throttled<Answer>;
}

/** Makes a request of our own fit for kafkajs's connections, which take its encoders only. */
export function exchange<Answer>(
  { apiKey, apiVersion, apiName, request, decode }: ExchangeOptions<Answer>,
): Exchange<Answer> {
  const buffer = Buffer.from(request.buffer, request.byteOffset, request.byteLength);
  return {
    request: { apiKey, apiVersion, apiName, encode: () => Promise.resolve({ buf: buffer, buffer }) },
    response: {
      decode: (payload) => Promise.resolve(payload).then(decode),
      parse: ({ answer }) => Promise.resolve(answer),
    },
  };
}
