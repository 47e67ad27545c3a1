import type { CurrencyCode, MinorUnits } from "@countinghouse/core";
import type { Product } from "./catalogue.ts";

/** A product in a cart or an order, and how many of it. */
export interface Line {
  readonly product: Product;
  readonly quantity: number;
  /** What one piece costs, in minor units, coupons taken off. */
  readonly unitPrice: MinorUnits;
}

/** What a visitor bought. */
export interface Order {
  readonly id: string;
  readonly currency: CurrencyCode;
  readonly lines: readonly Line[];
  readonly coupon: string | undefined;
}

/** A code that takes a share off every unit price. */
export interface Coupon {
  readonly code: string;
  /** 0 to 1. */
  readonly discount: number;
}

/** The coupons in circulation. */
export const COUPONS: readonly Coupon[] = [
  { code: "WELCOME10", discount: 0.1 },
  { code: "AUTUMN15", discount: 0.15 },
  { code: "FRIENDS20", discount: 0.2 },
];

/** The sum of the lines, in minor units. */
export function totalOf(lines: readonly Line[]): MinorUnits {
  return lines.reduce((sum, line) => sum + line.unitPrice * line.quantity, 0) as MinorUnits;
}

/** The lines with the coupon's discount taken off each unit price, rounded to whole minor units. */
export function discounted(lines: readonly Line[], coupon: Coupon): Line[] {
  return lines.map((line) => ({
    ...line,
    unitPrice: Math.max(1, Math.round(line.unitPrice * (1 - coupon.discount))) as MinorUnits,
  }));
}
