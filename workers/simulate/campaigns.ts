/** The link that a visit came in by. */
export interface Utm {
  readonly source: string;
  readonly medium: string;
  readonly campaign: string;
}

/** How visits come about. */
export interface Channel {
  /** Undefined for visitors who typed the address; their events carry no utm. */
  readonly utm: Utm | undefined;
  /** Its share among all visits. */
  readonly weight: number;
  /** How much likelier than usual such a visit ends in a purchase. */
  readonly readiness: number;
}

const by = (
  source: string,
  medium: string,
  campaign: string,
  weight: number,
  readiness: number,
): Channel => ({
  utm: { source, medium, campaign },
  weight,
  readiness,
});

/** Where visits come from. */
export const CHANNELS: readonly Channel[] = [
  { utm: undefined, weight: 19, readiness: 1.2 },
  by("google", "organic", "(not set)", 30, 1),
  by("google", "cpc", "brand", 11, 1.4),
  by("google", "cpc", "shopping-bestsellers", 9, 1.2),
  by("newsletter", "email", "weekly-picks", 6, 1.7),
  by("newsletter", "email", "cart-reminder", 2, 2.2),
  by("instagram", "social", "autumn-look", 8, 0.6),
  by("facebook", "paid-social", "retargeting", 5, 1.1),
  by("tiktok", "social", "creator-haul", 5, 0.4),
  by("bing", "cpc", "brand", 2, 1.3),
  by("preisvergleich", "affiliate", "price-comparison", 3, 1.5),
];
