import { DEFAULT_FAULTS, simulate, type SimulationOptions } from "../simulation.ts";
import type { Delivery } from "../delivery.ts";

/** The fields of a simulated event that tests look at. */
export interface SimulatedJson {
  readonly event_id: string;
  readonly event_type: string;
  readonly event_ts: string;
  readonly user_id: string;
  readonly session_id: string;
  readonly store_id: string;
  readonly order_id?: string;
  readonly currency?: string;
  readonly value?: number;
  readonly price?: number;
  readonly items?: readonly {
    readonly product_id: string;
    readonly price: number;
    readonly quantity: number;
  }[];
  readonly geo: { readonly country: string };
  readonly device: { readonly user_agent: string; readonly mobile: boolean };
  readonly utm?: { readonly source: string };
  readonly product_id?: string;
}

/** A Thursday evening in Europe. */
export const START_MS = Date.UTC(2025, 10, 20, 18);

/** No duplicate, nothing out of order, late or spoilt. */
export const NO_FAULTS = { duplicates: 0, disorder: 0, late: 0, poison: 0 };

/** The records of a simulation that is short and without faults unless told otherwise. */
export function simulated(options: Partial<SimulationOptions> = {}): Delivery[] {
  return [...simulate({
    seed: 1,
    storeId: "default",
    startMs: START_MS,
    rate: 100,
    rhythm: false,
    count: 20_000,
    faults: NO_FAULTS,
    ...options,
  })];
}

/** An event's JSON. */
export function jsonOf({ value }: { readonly value: Uint8Array }): SimulatedJson {
  return JSON.parse(new TextDecoder().decode(value));
}

export { DEFAULT_FAULTS };
