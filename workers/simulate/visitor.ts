import type { CurrencyCode } from "@countinghouse/core";
import { activity, mobileShare } from "./daily_rhythm.ts";
import { type Device, DEVICES } from "./devices.ts";
import { type City, COUNTRIES, type Country } from "./geography.ts";
import type { Order } from "./order.ts";
import type { SeededRandom } from "./seeded_random.ts";
import { WeightedChoice } from "./weighted_choice.ts";

/** How long the mix of countries is kept before it follows the sun again. */
const MIX_MS = 600_000;

/** A person with a device, somewhere. */
export interface Visitor {
  readonly userId: string;
  readonly country: Country;
  readonly city: City;
  readonly device: Device;
  readonly currency: CurrencyCode;
  /** The order that could still be sent back. */
  lastOrder: Order | undefined;
}

const MOBILE = DEVICES.filter((device) => device.mobile);
const DESKTOP = DEVICES.filter((device) => !device.mobile);
const chooseMobile = new WeightedChoice(MOBILE.map((device) => device.weight));
const chooseDesktop = new WeightedChoice(DESKTOP.map((device) => device.weight));
const chooseCity = new Map(
  COUNTRIES.map((country) => [country, new WeightedChoice(country.cities.map((city) => city.weight))]),
);

/** Brings people to the shop: more from where it is evening, with the devices they use at that hour. */
export class Crowd {
  readonly #random: SeededRandom;
  readonly #userIds: () => string;
  #countries: WeightedChoice | undefined;
  #mixedAtMs = -Infinity;

  constructor(random: SeededRandom, userIds: () => string) {
    this.#random = random;
    this.#userIds = userIds;
  }

  /** Somebody who was never here before. */
  newcomer(timeMs: number): Visitor {
    const random = this.#random;
    const country = COUNTRIES[this.#countryMix(timeMs).draw(random)]!;
    const city = country.cities[chooseCity.get(country)!.draw(random)]!;
    const device = random.chance(mobileShare(timeMs, country.utcOffsetHours))
      ? MOBILE[chooseMobile.draw(random)]!
      : DESKTOP[chooseDesktop.draw(random)]!;
    return {
      userId: this.#userIds(),
      country,
      city,
      device,
      currency: country.currency as CurrencyCode,
      lastOrder: undefined,
    };
  }

  #countryMix(timeMs: number): WeightedChoice {
    if (this.#countries === undefined || Math.abs(timeMs - this.#mixedAtMs) >= MIX_MS) {
      this.#mixedAtMs = Math.floor(timeMs / MIX_MS) * MIX_MS;
      this.#countries = new WeightedChoice(
        COUNTRIES.map((country) => country.weight * activity(this.#mixedAtMs, country.utcOffsetHours)),
      );
    }
    return this.#countries;
  }
}
