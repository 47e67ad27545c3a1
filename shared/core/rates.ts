import { divideHalfUp } from "./decimal.ts";
import type { Convert } from "./kpi.ts";
import { type CurrencyCode, currencyDigits, type MinorUnits } from "./money.ts";

/** Exchange rates of one day. A new day is a new table with a version of its own, never a change of an old one. */
export interface RateTable {
  /** Source and day, so that a converted figure can say what it was converted with. */
  readonly version: string;
  readonly base: string;
  /** How much of each currency one unit of the base is worth, as a decimal with at most 6 decimals. */
  readonly perBase: Readonly<Record<string, string>>;
}

/** The euro foreign exchange reference rates that the European Central Bank published on 31 December 2025. */
export const REFERENCE_RATES: RateTable = {
  version: "ecb-2025-12-31",
  base: "EUR",
  perBase: {
    AUD: "1.7581",
    BGN: "1.9558",
    BRL: "6.4364",
    CAD: "1.6088",
    CHF: "0.9314",
    CNY: "8.2262",
    CZK: "24.237",
    DKK: "7.4689",
    GBP: "0.87260",
    HKD: "9.1464",
    HUF: "385.15",
    IDR: "19640.83",
    ILS: "3.7471",
    INR: "105.5965",
    ISK: "147.20",
    JPY: "184.09",
    KRW: "1696.94",
    MXN: "21.1180",
    MYR: "4.7682",
    NOK: "11.8430",
    NZD: "2.0380",
    PHP: "69.266",
    PLN: "4.2210",
    RON: "5.0968",
    SEK: "10.8215",
    SGD: "1.5105",
    THB: "37.218",
    TRY: "50.4838",
    USD: "1.1750",
    ZAR: "19.4439",
  },
};

const RATE_DECIMALS = 6;
const ONE = 10n ** BigInt(RATE_DECIMALS);

/**
 * A conversion by a table of rates: exact in integers, rounded half away from zero to the minor units of the target.
 * An amount in its own currency stays as it is, also without a rate. The conversion answers undefined where a rate
 * is missing, or where the result is beyond 2^53 - 1 minor units.
 *
 * @throws {RangeError} when a rate of the table isn't a positive decimal with at most 6 decimals.
 */
export function createConvert(table: RateTable = REFERENCE_RATES): Convert {
  const rates = new Map<string, bigint>();
  for (const [currency, rate] of Object.entries(table.perBase)) {
    rates.set(currency, microUnits(currency, rate));
  }
  rates.set(table.base, ONE);
  return (amount, from, to) => {
    if (from === to) return amount;
    const fromRate = rates.get(from);
    const toRate = rates.get(to);
    if (fromRate === undefined || toRate === undefined) return undefined;
    const dividend = BigInt(amount) * toRate * minorPerUnit(to);
    const converted = Number(divideHalfUp(dividend, fromRate * minorPerUnit(from)));
    return Number.isSafeInteger(converted) ? converted as MinorUnits : undefined;
  };
}

function microUnits(currency: string, rate: string): bigint {
  const parts = /^(\d{1,12})(?:\.(\d{1,6}))?$/.exec(rate);
  const units = parts === null ? 0n : BigInt(`${parts[1]}${(parts[2] ?? "").padEnd(RATE_DECIMALS, "0")}`);
  if (units > 0n) return units;
  throw new RangeError(
    `Cannot read the rate of ${currency} as a positive number with at most ${RATE_DECIMALS} decimals: ` +
      `current value is ${JSON.stringify(rate)}`,
  );
}

function minorPerUnit(currency: CurrencyCode): bigint {
  return 10n ** BigInt(currencyDigits(currency));
}
