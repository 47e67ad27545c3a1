import type { Log } from "@countinghouse/log";
import type { Logger } from "@countinghouse/shared/telemetry";
import type { BodyLimits } from "./body.ts";
import type { Pseudonymise } from "./pseudonym.ts";
import type { KeyStore } from "./write_key.ts";

/** Everything that the collector works with. Only web standards beneath it, so that it runs on an edge as well. */
export interface CollectOptions {
  readonly log: Pick<Log, "append" | "ranges">;
  readonly topics: { readonly events: string; readonly deadLetters: string };
  readonly keys: KeyStore;
  /** From where requests can come; see `identify`. */
  readonly reachable: "loopback" | "network";
  readonly limits: CollectLimits;
  /** The sites whose pages may send; "*" for any. */
  readonly origins: readonly string[];
  /** Where a proxy says the visitor's country, in small letters. */
  readonly countryHeaders: readonly string[];
  readonly pseudonymise: Pseudonymise | undefined;
  readonly shopifySecret: string | undefined;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly logger: Logger;
}

/** How much is taken, and how long it may take. */
export interface CollectLimits extends BodyLimits {
  /** By one write key, on average. */
  readonly eventsPerSecond: number;
  readonly maxEventsPerRequest: number;
  readonly ackTimeoutMs: number;
}
