/**
 * The books of one partition. Every record read is counted, a duplicate or dead-lettered:
 * `read = counted + duplicates + deadLettered`. Late, skewed and archived events are among the counted.
 */
export interface Ledger {
  read: number;
  counted: number;
  duplicates: number;
  deadLettered: number;
  late: number;
  skewed: number;
  /** History: too old for the hot store when it came, and so in the warehouse and the lake only. */
  archived: number;
}

/** The names of a ledger's entries. */
export const LEDGER_ENTRIES = [
  "read",
  "counted",
  "duplicates",
  "deadLettered",
  "late",
  "skewed",
  "archived",
] as const;

/** The books before the first record. */
export function emptyLedger(): Ledger {
  return { read: 0, counted: 0, duplicates: 0, deadLettered: 0, late: 0, skewed: 0, archived: 0 };
}

/** Whether the books balance. */
export function balances(ledger: Readonly<Ledger>): boolean {
  return ledger.read === ledger.counted + ledger.duplicates + ledger.deadLettered;
}

/** Adds the books of several partitions. */
export function addLedgers(ledgers: Iterable<Readonly<Ledger>>): Ledger {
  const sum = emptyLedger();
  for (const ledger of ledgers) {
    for (const entry of LEDGER_ENTRIES) sum[entry] += ledger[entry];
  }
  return sum;
}
