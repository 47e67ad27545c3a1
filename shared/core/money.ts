/** An amount in the smallest unit of its currency: cents, yen, fils. Always a whole number. */
export type MinorUnits = number & { readonly __brand: "MinorUnits" };

/** An ISO 4217 currency code in capital letters. */
export type CurrencyCode = string & { readonly __brand: "CurrencyCode" };

/**
 * The currencies of ISO 4217 (list one) whose minor unit is not a hundredth, by decimals. Every other code, also one
 * that the list does not know, has 2.
 */
export const UNUSUAL_DIGITS: ReadonlyMap<string, number> = new Map(
  Object.entries({
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
  }).flatMap(([digits, codes]) => codes.split(" ").map((code) => [code, Number(digits)] as const)),
);

/** How many decimals an amount of this currency has: EUR 2, JPY 0, KWD 3. */
export function currencyDigits(currency: CurrencyCode): number {
  return UNUSUAL_DIGITS.get(currency) ?? 2;
}

/** Reads a currency code in capital or small letters; undefined when it isn't three letters from A to Z. */
export function parseCurrency(text: string): CurrencyCode | undefined {
  if (text.length !== 3) return undefined;
  let capitals = true;
  for (let at = 0; at < 3; at++) {
    const letter = text.charCodeAt(at);
    if (letter >= 97 && letter <= 122) capitals = false;
    else if (letter < 65 || letter > 90) return undefined;
  }
  return (capitals ? text : text.toUpperCase()) as CurrencyCode;
}

/** An amount as the decimal number that a person would write: 1999 EUR cents -> 19.99. */
export function toDecimal(amount: MinorUnits, currency: CurrencyCode): number {
  return amount / 10 ** currencyDigits(currency);
}

/** As {@link toDecimal}, as text with all digits of the currency, exact at any size: 1990 EUR cents -> "19.90". */
export function toDecimalText(amount: MinorUnits, currency: CurrencyCode): string {
  const digits = currencyDigits(currency);
  const sign = amount < 0 ? "-" : "";
  const text = String(Math.abs(amount)).padStart(digits + 1, "0");
  if (digits === 0) return sign + text;
  return `${sign}${text.slice(0, -digits)}.${text.slice(-digits)}`;
}
