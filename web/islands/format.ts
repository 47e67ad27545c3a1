import { type CurrencyCode, currencyDigits } from "@countinghouse/core/money";

/** What stands where there is no number. */
export const NOTHING = "–";

// Making a format is slow and using it is fast.
const numberFormats = new Map<string, Intl.NumberFormat>();
const dateFormats = new Map<string, Intl.DateTimeFormat>();

function dateFormat(locale: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${locale}${JSON.stringify(options)}`;
  let format = dateFormats.get(key);
  if (format === undefined) dateFormats.set(key, format = new Intl.DateTimeFormat(locale, options));
  return format;
}

function numberFormat(locale: string, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = `${locale}${JSON.stringify(options)}`;
  let format = numberFormats.get(key);
  if (format === undefined) numberFormats.set(key, format = new Intl.NumberFormat(locale, options));
  return format;
}

/** A whole number in the viewer's way of writing. */
export function formatCount(count: number, locale: string): string {
  return numberFormat(locale, { maximumFractionDigits: 0 }).format(count);
}

/** A share, 0.0312, as 3.12 %. */
export function formatShare(share: number | undefined, locale: string): string {
  if (share === undefined) return NOTHING;
  return numberFormat(locale, { style: "percent", minimumFractionDigits: 2, maximumFractionDigits: 2 })
    .format(share);
}

/** An exact amount with the digits of its currency, to the last cent however large it is. */
export function formatMoney(minor: number | undefined, currency: string | null, locale: string): string {
  if (minor === undefined || currency === null) return NOTHING;
  const digits = currencyDigits(currency as CurrencyCode);
  const style = {
    style: "currency",
    currency,
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  } as const;
  return numberFormat(locale, style).format(decimalText(minor, digits));
}

/** An amount short enough for the axis of a chart. */
export function formatMoneyShort(minor: number, currency: string | null, locale: string): string {
  if (currency === null) return "";
  const style = { style: "currency", currency, notation: "compact", maximumFractionDigits: 1 } as const;
  return numberFormat(locale, { ...style, minimumFractionDigits: 0 })
    .format(minor / 10 ** currencyDigits(currency as CurrencyCode));
}

/** A time of day; with seconds where asked for. */
export function formatTime(timeMs: number, locale: string, timeZone: string, seconds = false): string {
  const parts = { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone } as const;
  return dateFormat(locale, seconds ? { ...parts, second: "2-digit" } : parts).format(timeMs);
}

/** A day and a time of day. */
export function formatDayTime(timeMs: number, locale: string, timeZone: string): string {
  return dateFormat(locale, { dateStyle: "medium", timeStyle: "short", hourCycle: "h23", timeZone })
    .format(timeMs);
}

function decimalText(minor: number, digits: number): Intl.StringNumericLiteral {
  const sign = minor < 0 ? "-" : "";
  const text = String(Math.abs(minor)).padStart(digits + 1, "0");
  const whole = text.slice(0, text.length - digits);
  return `${sign}${whole}.${text.slice(text.length - digits) || "0"}` as Intl.StringNumericLiteral;
}
