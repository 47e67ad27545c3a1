import type { Offset, StoredCohort } from "@countinghouse/core";
import type { CohortDocument } from "./documents.ts";

/** A stored cohort as its document. */
export function fromStoredCohort(stored: StoredCohort, partition: number): CohortDocument {
  return {
    _id: stored.id,
    store: stored.store,
    minute: new Date(stored.minuteMs),
    partition,
    through: stored.through,
    closed: stored.closed,
    touched: new Date(stored.touchedMs),
    ...stored.cohort,
  };
}

/** Reads a document back into a stored cohort. */
export function toStoredCohort(document: CohortDocument): StoredCohort {
  const { _id, store, minute, partition: _, through, closed, touched, ...cohort } = document;
  return {
    kind: "cohort",
    id: _id,
    store,
    minuteMs: minute.getTime(),
    cohort,
    through: through as Offset,
    touchedMs: touched.getTime(),
    closed,
  };
}
