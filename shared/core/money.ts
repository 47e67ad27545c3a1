/** An amount in the smallest unit of its currency: cents, yen, fils. Always a whole number. */
export type MinorUnits = number & { readonly __brand: "MinorUnits" };

/** An ISO 4217 currency code in capital letters. */
export type CurrencyCode = string & { readonly __brand: "CurrencyCode" };

/** How many decimals an amount of this currency has: EUR 2, JPY 0, KWD 3. */
export declare function currencyDigits(currency: CurrencyCode): number;

/** An amount as the decimal number that a person would write: 1999 EUR cents -> 19.99. */
export declare function toDecimal(amount: MinorUnits, currency: CurrencyCode): number;
