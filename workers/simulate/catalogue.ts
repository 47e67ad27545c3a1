import { type CurrencyCode, type MinorUnits, toDecimal } from "@countinghouse/core";
import { SeededRandom } from "./seeded_random.ts";

/** A currency the shop has prices in: minor units per euro cent, and how its prices like to end. */
interface PriceStyle {
  readonly perCent: number;
  /** Prices are a multiple of this many minor units, less `below`: 100 and 1 make 19.99. */
  readonly step: number;
  readonly below: number;
}

const PRICE_STYLES: Readonly<Record<string, PriceStyle>> = {
  EUR: { perCent: 1, step: 100, below: 1 },
  USD: { perCent: 1.1, step: 100, below: 1 },
  GBP: { perCent: 0.86, step: 100, below: 1 },
  CHF: { perCent: 0.95, step: 100, below: 5 },
  AUD: { perCent: 1.7, step: 100, below: 5 },
  PLN: { perCent: 4.3, step: 500, below: 1 },
  SEK: { perCent: 11.2, step: 1_000, below: 100 },
  BRL: { perCent: 6, step: 500, below: 10 },
  JPY: { perCent: 1.7, step: 100, below: 20 },
  KWD: { perCent: 3.4, step: 500, below: 5 },
};

/** The currencies that products have a price in. */
export const CURRENCIES: readonly string[] = Object.keys(PRICE_STYLES);

/** What a category sells, and between which prices in euro. */
interface Range {
  readonly category: string;
  readonly nouns: readonly string[];
  readonly from: number;
  readonly to: number;
}

const RANGES: readonly Range[] = [
  { category: "shoes", nouns: ["Sneaker", "Trail Runner", "Ankle Boot", "Loafer"], from: 39, to: 190 },
  { category: "shirts", nouns: ["Oxford Shirt", "T-Shirt", "Polo", "Flannel Shirt"], from: 12, to: 79 },
  { category: "jackets", nouns: ["Rain Jacket", "Parka", "Fleece", "Blazer"], from: 49, to: 320 },
  { category: "bags", nouns: ["Backpack", "Tote", "Weekender", "Belt Bag"], from: 19, to: 180 },
  { category: "kitchen", nouns: ["Chef's Knife", "Saucepan", "Kettle", "Mug Set"], from: 9, to: 150 },
  { category: "audio", nouns: ["Headphones", "Speaker", "Earbuds", "Turntable"], from: 25, to: 450 },
  { category: "books", nouns: ["Cookbook", "Atlas", "Novel", "Field Guide"], from: 8, to: 45 },
  { category: "garden", nouns: ["Secateurs", "Planter", "Watering Can", "Bird Feeder"], from: 7, to: 90 },
  { category: "toys", nouns: ["Building Set", "Puzzle", "Wooden Train", "Card Game"], from: 9, to: 120 },
  { category: "outdoor", nouns: ["Tent", "Sleeping Bag", "Head Torch", "Camp Stove"], from: 15, to: 390 },
  { category: "beauty", nouns: ["Hand Cream", "Soap Trio", "Face Oil", "Sun Lotion"], from: 5, to: 65 },
  { category: "office", nouns: ["Desk Lamp", "Notebook", "Fountain Pen", "Monitor Arm"], from: 4, to: 160 },
];

const MAKERS = [
  "Nordal",
  "Brücke",
  "Aster",
  "Kinfolk",
  "Ōtani",
  "Hale & Co",
  "Maré",
  "Foundry",
  "Lark",
  "Ember",
];
const COLOURS = ["Black", "Sand", "Forest", "Navy", "Rust", "Ivory", "Slate", "Olive", "Coral", "Indigo"];

/** A product; its position in the catalogue is its rank, the best seller first. */
export interface Product {
  readonly id: string;
  readonly name: string;
  readonly category: string;
  /** Minor units by currency; every one of {@link CURRENCIES} has one. */
  readonly prices: Readonly<Record<string, MinorUnits>>;
}

/** The catalogue of a seed: `size` products of all categories. */
export function createCatalogue(seed: number, size: number): readonly Product[] {
  const random = new SeededRandom("catalogue", seed);
  return Array.from({ length: size }, (_, rank) => {
    const range = random.oneOf(RANGES);
    const euroCents = 100 * range.from * (range.to / range.from) ** random.unit();
    return {
      id: `P-${String(rank + 1).padStart(5, "0")}`,
      name: `${random.oneOf(MAKERS)} ${random.oneOf(range.nouns)} ${random.oneOf(COLOURS)}`,
      category: range.category,
      prices: Object.fromEntries(CURRENCIES.map((currency) => [currency, price(euroCents, currency)])),
    };
  });
}

/** The price of a product in a currency, in minor units. */
export function priceOf(product: Product, currency: CurrencyCode): MinorUnits {
  const price = product.prices[currency];
  if (price === undefined) {
    throw new RangeError(`Cannot price ${product.id} in ${currency}: it has no price in it`);
  }
  return price;
}

/** An amount as it stands in an event: the decimal number of its currency. */
export function amountText(amount: MinorUnits, currency: CurrencyCode): string {
  return String(toDecimal(amount, currency));
}

function price(euroCents: number, currency: string): MinorUnits {
  const { perCent, step, below } = PRICE_STYLES[currency]!;
  return Math.max(1, Math.ceil(euroCents * perCent / step)) * step - below as MinorUnits;
}
