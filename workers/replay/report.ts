import { differences } from "./finding.ts";
import type { Difference } from "./rebuild_windows.ts";
import type { ReplayResult } from "./replay.ts";
import type { Scope } from "./scope.ts";

const DIFFERENCES_TOLD = 20;
const PATHS_TOLD = 3;

/** What a report is about. */
export interface ReportOptions {
  readonly dryRun: boolean;
  /** What was asked for; undefined is everything. */
  readonly scope: Scope | undefined;
}

/** Tells what a replay finds, for a person; each line goes to `write`. */
export class Report {
  readonly #dryRun: boolean;
  readonly #scope: Scope | undefined;
  readonly #write: (line: string) => void;
  #told = 0;

  constructor({ dryRun, scope }: ReportOptions, write: (line: string) => void) {
    this.#dryRun = dryRun;
    this.#scope = scope;
    this.#write = write;
  }

  /** Tells in what a document differs; the first ones, since it may be all of them. */
  difference({ kind, id, finding, live, right }: Difference): void {
    if (++this.#told > DIFFERENCES_TOLD) return;
    this.#write(`${kind} ${id} ${this.#sentence(finding, live, right)}`);
  }

  /** Tells all of it in a few lines. */
  summary({ tally, partitions, stores }: ReplayResult): void {
    const untold = this.#told - DIFFERENCES_TOLD;
    if (untold > 0) this.#write(`and ${whole(untold)} more`);
    for (const [partition, { books, rebuildableFromMs }] of partitions) {
      if (books !== undefined && books.length > 0) this.#write(`partition ${partition}: ${books.join("; ")}`);
      if (isCut(this.#scope, rebuildableFromMs)) {
        this.#write(`partition ${partition}: ${whatIsLeft(this.#scope, rebuildableFromMs)}`);
      }
    }
    for (const store of stores) this.#write(`store ${store}: another event was its first with money`);
    const { compared, changed, missing, surplus, unsettled } = tally;
    const would = this.#dryRun ? "to be " : "";
    this.#write(
      `compared ${whole(compared)} documents in ${partitions.size} partitions: ` +
        `${whole(compared - changed - missing - surplus)} equal, ${whole(changed)} ${would}repaired, ` +
        `${whole(missing)} ${would}added, ${whole(surplus)} ${would}removed`,
    );
    if (unsettled > 0) {
      this.#write(
        `${whole(unsettled)} differ again after they were repaired: a worker's own state is wrong; use --all`,
      );
    }
  }

  #sentence(finding: Difference["finding"], live: unknown, right: unknown): string {
    switch (finding) {
      case "missing":
        return this.#dryRun ? "is missing" : "was missing: added";
      case "surplus":
        return this.#dryRun ? "should not be there" : "should not have been there: removed";
      case "changed": {
        const paths = differences(live, right);
        const more = paths.length > PATHS_TOLD ? `, and ${paths.length - PATHS_TOLD} more` : "";
        const what = paths.length === 0 ? "the order of its fields" : paths.slice(0, PATHS_TOLD).join(", ");
        return `${this.#dryRun ? "differs" : "repaired"}: ${what}${more}`;
      }
    }
  }
}

/** Whether the log no longer holds all of what was asked for. */
export function isCut(scope: Scope | undefined, rebuildableFromMs: number): boolean {
  return rebuildableFromMs > (scope?.fromMs ?? 0);
}

function whatIsLeft(scope: Scope | undefined, rebuildableFromMs: number): string {
  const what = rebuildableFromMs === Infinity
    ? "its minutes"
    : `minutes before ${new Date(rebuildableFromMs).toISOString()}`;
  const more = scope === undefined ? ", its books and its snapshots" : "";
  return `the start of the log was removed, so ${what}${more} can't be rebuilt from it; left as they are. ` +
    "For minutes use --source lake with --from and --to";
}

function whole(value: number): string {
  return value.toLocaleString("en-US");
}
