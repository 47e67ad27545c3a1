import { Buffer } from "node:buffer";
import { BSON } from "mongodb";
import type { WindowDocument } from "./window_documents.ts";

/** What is wrong with a live document: it says something else, it is not there, or it should not be. */
export type Finding = "changed" | "missing" | "surplus";

/** Compares a live document with what the log says, byte for byte; undefined when nothing is wrong. */
export function finding(
  live: WindowDocument | undefined,
  right: WindowDocument | undefined,
): Finding | undefined {
  if (live === undefined) return right === undefined ? undefined : "missing";
  if (right === undefined) return "surplus";
  return sameBytes(live, right) ? undefined : "changed";
}

/** In what two documents differ: the paths, with both values where they can be shown. */
export function differences(live: unknown, right: unknown, path = ""): string[] {
  if (isTree(live) && isTree(right)) {
    const names = new Set([...Object.keys(live), ...Object.keys(right)]);
    return [...names].flatMap((name) =>
      differences(live[name], right[name], path === "" ? name : `${path}.${name}`)
    );
  }
  if (sameBytes({ value: live }, { value: right })) return [];
  return [`${path} is ${shown(live)} instead of ${shown(right)}`];
}

function sameBytes(a: object, b: object): boolean {
  return Buffer.compare(BSON.serialize(a), BSON.serialize(b)) === 0;
}

/** An object or array that is compared by its members, and not a date or bytes. */
function isTree(value: unknown): value is Readonly<Record<string, unknown>> {
  return Array.isArray(value) ||
    typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

function shown(value: unknown): string {
  if (value === undefined) return "absent";
  if (value instanceof Date) return value.toISOString();
  if (value instanceof BSON.Binary) return `${value.length()} bytes`;
  return JSON.stringify(value).slice(0, 60);
}
