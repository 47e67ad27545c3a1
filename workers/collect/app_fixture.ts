import type { Hono } from "hono";
import type { HeadedRecord, Log, NewRecord } from "@countinghouse/log";
import { createLogger } from "@countinghouse/shared/telemetry";
import { createCollector } from "./app.ts";
import type { CollectLimits, CollectOptions } from "./collect_options.ts";
import { KeyRing } from "./write_key.ts";

/** For tests: the time that it is in them. */
export const NOW_MS = Date.parse("2026-03-01T12:00:00.500Z");

const LIMITS: CollectLimits = {
  eventsPerSecond: 10_000,
  maxEventsPerRequest: 1_000,
  maxBodyBytes: 200_000,
  maxPendingBytes: 1_000_000,
  bodyTimeoutMs: 2_000,
  ackTimeoutMs: 2_000,
};

/** A record as a test looks at it. */
export interface Kept extends Pick<HeadedRecord, "headers"> {
  readonly key: string;
  readonly text: string;
  readonly event: Readonly<Record<string, unknown>>;
}

/** A collector on a log in memory, and what is in that log. */
export interface TestCollector {
  readonly app: Hono;
  events(): readonly Kept[];
  deadLetters(): readonly Kept[];
}

/** A collector; what isn't given is as a local one has it: no key, no secret, a log that acknowledges at once. */
export function testCollector(
  { limits, ...options }: Partial<Omit<CollectOptions, "limits">> & {
    readonly limits?: Partial<CollectLimits>;
  } = {},
): TestCollector {
  const topics = new Map<string, NewRecord[]>();
  const log: Pick<Log, "append" | "ranges"> = {
    append: (topic, records) => {
      topics.set(topic, [...topics.get(topic) ?? [], ...records]);
      return Promise.resolve();
    },
    ranges: () => Promise.resolve([0, 1].map((partition) => ({ partition, start: 0, end: 0 }))) as never,
  };
  const app = createCollector({
    log,
    topics: { events: "events", deadLetters: "dead" },
    keys: { ring: () => Promise.resolve(new KeyRing([])) },
    reachable: "loopback",
    limits: { ...LIMITS, ...limits },
    origins: ["*"],
    countryHeaders: ["cf-ipcountry"],
    pseudonymise: undefined,
    shopifySecret: undefined,
    now: () => NOW_MS,
    logger: createLogger("error", () => {}),
    ...options,
  });
  return {
    app,
    events: () => (topics.get("events") ?? []).map(kept),
    deadLetters: () => (topics.get("dead") ?? []).map(kept),
  };
}

/** An event with all that is required, and more fields or other ones. */
export function shopEvent(fields: Readonly<Record<string, unknown>> = {}) {
  return {
    event_id: "e1",
    event_type: "page_view",
    event_ts: "2026-03-01T12:00:00.000Z",
    user_id: "u1",
    session_id: "s1",
    ...fields,
  };
}

/** Sends JSON, or a body as it is. */
export async function post(
  app: Hono,
  path: string,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
) {
  const isRaw = typeof body === "string" || body instanceof Uint8Array;
  return await app.request(path, {
    method: "POST",
    body: isRaw ? body as BodyInit : JSON.stringify(body),
    headers,
  });
}

function kept({ key, value, headers = {} }: NewRecord): Kept {
  const text = new TextDecoder().decode(value ?? new Uint8Array());
  let event = {};
  try {
    event = JSON.parse(text);
  } catch {
    // A dead letter may be anything.
  }
  return { key: new TextDecoder().decode(key ?? new Uint8Array()), text, event, headers };
}
