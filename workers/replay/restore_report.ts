import type { RestoreTally } from "./restore_rows.ts";

/** What a restoration of the warehouse came to, for a person, in lines. */
export function restoreReport(
  { looked, missing, inserted, erased, ahead }: RestoreTally,
  dryRun: boolean,
): readonly string[] {
  return [
    ...erased === 0 ? [] : [`${whole(erased)} rows of erased users were left out`],
    ...ahead === 0 ? [] : [
      `${whole(ahead)} rows lie behind the warehouse's last one and were left to its worker, which brings ` +
      "them in order; if Kafka no longer has them, use --all",
    ],
    `looked at ${whole(looked)} rows of the lake: ${whole(missing)} missing in the warehouse, ` +
    (dryRun ? "none inserted, as this is a dry run" : `${whole(inserted)} inserted`),
  ];
}

function whole(value: number): string {
  return value.toLocaleString("en-US");
}
