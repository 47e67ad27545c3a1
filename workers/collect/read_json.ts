import { decodeUtf8, nestsDeeperThan } from "@countinghouse/core";
import type { Problem } from "./problem.ts";

/** An object as it was sent; what its fields are is for whoever reads them. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** As deep as any of the formats that are mapped here. */
const DEEPEST_NESTING = 64;

/** Reads a body that is one JSON object, as all formats but our own have it. */
export function readJsonObject(
  body: Uint8Array,
): { readonly ok: true; readonly json: JsonObject } | { readonly ok: false; readonly problem: Problem } {
  const text = decodeUtf8(body);
  if (text === undefined) return notAnObject("it is not UTF-8");
  if (nestsDeeperThan(DEEPEST_NESTING, text)) return notAnObject(`it nests over ${DEEPEST_NESTING} levels`);
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    return notAnObject((error as Error).message);
  }
  return isObject(json) ? { ok: true, json } : notAnObject("it is something else");
}

/** Whether a value is an object with fields. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The value as an object; one without fields where it is none. */
export function objectOf(value: unknown): JsonObject {
  return isObject(value) ? value : {};
}

/** A list with its objects mapped. What is no object, or no list, is left as it is, for the decoder to refuse. */
export function mapObjects(value: unknown, map: (object: JsonObject) => JsonObject): unknown {
  return Array.isArray(value) ? value.map((element) => isObject(element) ? map(element) : element) : value;
}

/** An id as text: the formats here send numbers too. What is neither is left as it is, for the decoder to refuse. */
export function idOf(value: unknown): unknown {
  return typeof value === "number" && Number.isFinite(value) ? String(value) : value;
}

/** The first of the values that is there: neither absent, nor null, nor "". */
export function firstOf(...values: readonly unknown[]): unknown {
  return values.find((value) => value !== undefined && value !== null && value !== "");
}

function notAnObject(reason: string): { readonly ok: false; readonly problem: Problem } {
  const detail = `Cannot read the body as a JSON object: ${reason}`;
  return { ok: false, problem: { status: 400, title: "Not a JSON object", detail } };
}
