import { type Offset, offset, type Refusal, REFUSAL_CODES, type RefusalCode } from "@countinghouse/core";
import type { HeadedRecord, NewRecord } from "./log.ts";

/** Who refused a record: the rollup, or the front door before it was an event of the log. */
export type DeadLetterOrigin = "rollup" | "ingest" | "collect";

/** A record that was refused, kept as it came. */
export interface DeadLetter {
  readonly key: Uint8Array | null;
  /** The bytes as they came; the first {@link KEPT_BYTES} of them where there are more. */
  readonly value: Uint8Array | null;
  readonly refusal: Refusal;
  readonly origin: DeadLetterOrigin;
  /** Where it was read; undefined when it was refused at the front door. */
  readonly source?: { readonly topic: string; readonly partition: number; readonly offset: Offset };
  /** Where in a file it stood; undefined when it did not come from one. */
  readonly file?: { readonly name: string; readonly line: number };
  /** How many bytes there were, where only the first of them were kept. */
  readonly valueBytes?: number;
}

/** A longer value is cut here, so that it and its headers fit into a record. */
export const KEPT_BYTES = 1_900_000;

const ORIGINS: readonly string[] = ["rollup", "ingest", "collect"] satisfies DeadLetterOrigin[];

/** A dead letter as a record: the original bytes, with why and whence in its headers. */
export function encodeDeadLetter(letter: DeadLetter, partition: number): NewRecord {
  const { key, value, refusal, origin, source, file } = letter;
  const cut = value !== null && value.length > KEPT_BYTES;
  const valueBytes = letter.valueBytes ?? (cut ? value.length : undefined);
  return {
    key: cut ? null : key,
    value: cut ? value.subarray(0, KEPT_BYTES) : value,
    partition,
    headers: {
      ...refusal,
      origin,
      ...(source === undefined ? {} : {
        source_topic: source.topic,
        source_partition: String(source.partition),
        source_offset: String(source.offset),
      }),
      ...(file === undefined ? {} : { source_file: file.name, source_line: String(file.line) }),
      ...(valueBytes === undefined ? {} : { value_bytes: String(valueBytes) }),
    },
  };
}

/** Reads {@link encodeDeadLetter} back; undefined for a record that is no dead letter. */
export function decodeDeadLetter({ key, value, headers }: HeadedRecord): DeadLetter | undefined {
  const { code, field, reason, origin, value_bytes } = headers;
  if (!isRefusalCode(code) || field === undefined || reason === undefined || !isOrigin(origin)) {
    return undefined;
  }
  return {
    key,
    value,
    refusal: { code, field, reason },
    origin,
    ...sourceOf(headers),
    ...fileOf(headers),
    ...(value_bytes === undefined ? {} : { valueBytes: Number(value_bytes) }),
  };
}

function sourceOf(
  { source_topic, source_partition, source_offset }: HeadedRecord["headers"],
): Pick<DeadLetter, "source"> {
  if (source_topic === undefined || source_partition === undefined || source_offset === undefined) return {};
  return {
    source: { topic: source_topic, partition: Number(source_partition), offset: offset(source_offset) },
  };
}

function fileOf({ source_file, source_line }: HeadedRecord["headers"]): Pick<DeadLetter, "file"> {
  if (source_file === undefined || source_line === undefined) return {};
  return { file: { name: source_file, line: Number(source_line) } };
}

function isRefusalCode(text: string | undefined): text is RefusalCode {
  return (REFUSAL_CODES as readonly (string | undefined)[]).includes(text);
}

function isOrigin(text: string | undefined): text is DeadLetterOrigin {
  return text !== undefined && ORIGINS.includes(text);
}
