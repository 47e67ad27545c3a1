import { candidate } from "./candidate.ts";
import { mapGa4Request } from "./ga4.ts";
import type { Read, Route } from "./intake.ts";
import { allRefused, freshJson, isAllRefused, type Outcome, outcomeJson } from "./outcome.ts";
import type { Problem } from "./problem.ts";
import { isObject, type JsonObject, readJsonObject } from "./read_json.ts";
import { mapSegmentMessage, type SegmentType } from "./segment.ts";
import { mapShopifyWebhook } from "./shopify.ts";
import { isSignedByShopify } from "./shopify_signature.ts";
import { splitEvents } from "./split_events.ts";

/** Our own events: one, an array, or NDJSON. */
export const EVENTS: Route = {
  read(body, request) {
    const pieces = splitEvents(body);
    if (pieces.length === 0) return refused("No event", "The body has no event");
    const repeatKey = request.headers.get("idempotency-key");
    const identity = (index: number) =>
      repeatKey === null ? undefined : JSON.stringify(["request", repeatKey, index]);
    return { ok: true, candidates: pieces.map((value, index) => ({ value, identity: identity(index) })) };
  },
  answer: (outcome) => isAllRefused(outcome) ? allRefused(outcome) : freshJson(outcomeJson(outcome), 202),
};

/** One message of Segment's tracking API; what it is says the route. */
export function segmentMessage(type: SegmentType): Route {
  return {
    read: (body, _request, receivedMs) =>
      reading(body, (message) => mapMessages([message], type, receivedMs)),
    answer: answerSegment,
  };
}

/** Messages of Segment's tracking API in one request. */
export const SEGMENT_BATCH: Route = {
  read: (body, _request, receivedMs) =>
    reading(body, ({ batch, context }) => {
      if (!Array.isArray(batch)) return refused("Not a batch", "Cannot read `batch` as a list of messages");
      const messages = batch.map((message) =>
        isObject(message) && isObject(context) ? { context, ...message } : message
      );
      return mapMessages(messages, undefined, receivedMs);
    }),
  answer: answerSegment,
};

/** GA4's Measurement Protocol. */
export const GA4: Route = {
  read: (body, _request, receivedMs) =>
    reading(body, (request) => ({ ok: true, candidates: mapGa4Request(request, receivedMs) })),
  answer: (outcome) => isAllRefused(outcome) ? allRefused(outcome) : new Response(null, { status: 204 }),
};

/** Shopify's webhooks, each with its signature. One that is refused is kept, and not worth being sent again. */
export function shopifyWebhook(secret: string | undefined): Route {
  return {
    async read(body, { headers }) {
      if (secret === undefined) return { ok: false, problem: NO_SECRET };
      if (!await isSignedByShopify(body, headers.get("x-shopify-hmac-sha256"), secret)) {
        return { ok: false, problem: NOT_SIGNED };
      }
      return reading(body, (webhook) => {
        const mapped = mapShopifyWebhook(headers.get("x-shopify-topic") ?? "", webhook);
        return mapped === undefined
          ? { ok: true, candidates: [], ignored: 1 }
          : { ok: true, candidates: [mapped] };
      });
    },
    answer: (outcome) => freshJson(outcomeJson(outcome), 200),
  };
}

/** As Segment's own: its libraries look for 200. */
function answerSegment(outcome: Outcome): Response {
  return isAllRefused(outcome)
    ? allRefused(outcome)
    : freshJson({ success: true, ...outcomeJson(outcome) }, 200);
}

function mapMessages(messages: readonly unknown[], type: SegmentType | undefined, receivedMs: number): Read {
  const receivedAt = new Date(receivedMs).toISOString();
  const mapped = messages.map((message) =>
    isObject(message) ? mapSegmentMessage(message, type, receivedAt) : candidate({ event_type: message })
  );
  const candidates = mapped.filter((one) => one !== undefined);
  return { ok: true, candidates, ignored: mapped.length - candidates.length };
}

function reading(body: Uint8Array, map: (json: JsonObject) => Read): Read {
  const read = readJsonObject(body);
  return read.ok ? map(read.json) : read;
}

function refused(title: string, detail: string): Read {
  return { ok: false, problem: { status: 400, title, detail } };
}

const NO_SECRET: Problem = {
  status: 404,
  title: "No webhooks here",
  detail: "Shopify's webhooks are taken once SHOPIFY_WEBHOOK_SECRET is set",
};
const NOT_SIGNED: Problem = {
  status: 401,
  title: "Wrong signature",
  detail: "X-Shopify-Hmac-Sha256 is not the signature of this body",
};
