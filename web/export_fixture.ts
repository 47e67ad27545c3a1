import type { EventExport, ExportFormat } from "@countinghouse/cold";
import type { EventSource } from "./api/export_source.ts";

/** For tests: events that are lines of text, whatever the format, two in a slice; the n-th has the offset n. */
export function textEvents(
  lines: readonly string[],
  seen: { asked?: EventExport; format?: ExportFormat } = {},
): EventSource {
  const encoder = new TextEncoder();
  const of = ({ after, through, heads }: EventExport) =>
    lines.slice((after?.offset ?? -1) + 1, Math.min(heads.get(0) ?? 0, (through?.offset ?? Infinity) + 1));
  return {
    heads: () => Promise.resolve(new Map([[0, lines.length]])),
    findKey(asked, count) {
      const offset = (asked.after?.offset ?? -1) + count;
      const isThere = of(asked).length >= count;
      return Promise.resolve(isThere ? { eventTimeMs: offset, partition: 0, offset } : undefined);
    },
    async *slices(asked, format) {
      Object.assign(seen, { asked, format });
      const rows = of(asked);
      for (let at = 0; at === 0 || at < rows.length; at += 2) {
        yield ReadableStream.from(rows.slice(at, at + 2).map((line) => encoder.encode(`${line}\n`)));
      }
    },
  };
}
