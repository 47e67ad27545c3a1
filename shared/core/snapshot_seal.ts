import { Hash64 } from "./hash64.ts";

/** "CHSN" in little-endian. */
const MAGIC = 0x4e534843;
const HEADER_BYTES = 16;

/** Puts a header with the format's version and a checksum in front of a snapshot. */
export function sealSnapshot(version: number, payload: Uint8Array): Uint8Array {
  const sealed = new Uint8Array(HEADER_BYTES + payload.length);
  const view = new DataView(sealed.buffer);
  const checksum = new Hash64().ofBytes(payload);
  view.setUint32(0, MAGIC, true);
  view.setUint32(4, version, true);
  view.setUint32(8, checksum.low, true);
  view.setUint32(12, checksum.high, true);
  sealed.set(payload, HEADER_BYTES);
  return sealed;
}

/** The payload of a sealed snapshot; undefined when it is damaged or of another version. */
export function openSnapshot(version: number, sealed: Uint8Array): Uint8Array | undefined {
  if (sealed.length < HEADER_BYTES) return undefined;
  const view = new DataView(sealed.buffer, sealed.byteOffset);
  if (view.getUint32(0, true) !== MAGIC || view.getUint32(4, true) !== version) return undefined;
  const payload = sealed.subarray(HEADER_BYTES);
  const checksum = new Hash64().ofBytes(payload);
  const intact = view.getUint32(8, true) === checksum.low && view.getUint32(12, true) === checksum.high;
  return intact ? payload : undefined;
}
