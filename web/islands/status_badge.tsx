import type { Status } from "@countinghouse/core";

const MEANING: Readonly<Record<Status, string>> = {
  provisional: "Late events can still change it",
  final: "Complete",
  restated: "Corrected by late events after it was final",
};

/** A minute's status in a word, with a mark that doesn't rely on colour. */
export function StatusBadge({ status }: { readonly status: Status }) {
  return <span class={`status status-${status}`} title={MEANING[status]}>{status}</span>;
}
