/** An amount in the smallest unit of its currency: cents, yen, fils. Always a whole number. */
export type MinorUnits = number & { readonly __brand: "MinorUnits" };

/** An ISO 4217 currency code in capital letters. */
export type CurrencyCode = string & { readonly __brand: "CurrencyCode" };
