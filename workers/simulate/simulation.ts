import { deliveries, type Delivery, type Faults } from "./delivery.ts";
import { rhythmicSchedule, steadySchedule } from "./schedule.ts";
import { Shop } from "./shop.ts";

/** Everything that decides what is simulated; the same options give the same bytes. */
export interface SimulationOptions {
  readonly seed: number;
  readonly storeId: string;
  /** When the first event happens, in milliseconds since the epoch. */
  readonly startMs: number;
  /** Events a second: always, or on average over a week with {@link SimulationOptions.rhythm}. */
  readonly rate: number;
  /** Let the rate follow the visitors' days and weeks. */
  readonly rhythm: boolean;
  readonly seconds?: number | undefined;
  readonly count?: number | undefined;
  /** Shares (0 to 1) of all events. `late` ones arrive 11 to 60 minutes after their time. */
  readonly faults: Faults & { readonly late: number };
}

/** The shares that a shop has unless told otherwise. */
export const DEFAULT_FAULTS: SimulationOptions["faults"] = {
  duplicates: 0.01,
  disorder: 0.05,
  late: 0.002,
  poison: 0,
};

/** A shop's records in the order in which they are sent. Endless without `seconds` or `count`. */
export function simulate(options: SimulationOptions): Generator<Delivery, undefined> {
  const { seed, storeId, startMs, rate, rhythm, faults } = options;
  const schedule = (rhythm ? rhythmicSchedule : steadySchedule)(startMs, rate, options);
  const shop = new Shop({ seed, storeId, startMs, rate, lateShare: faults.late });
  return deliveries(shop, schedule, faults, seed);
}
