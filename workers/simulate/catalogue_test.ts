import assert from "node:assert/strict";
import { type CurrencyCode, currencyDigits } from "@countinghouse/core";
import { amountText, createCatalogue, CURRENCIES, priceOf } from "./catalogue.ts";
import { COUNTRIES } from "./geography.ts";

Deno.test("a seed has one catalogue", () => {
  assert.deepEqual(createCatalogue(1, 300), createCatalogue(1, 300));
  assert.notDeepEqual(createCatalogue(1, 300), createCatalogue(2, 300));
});

Deno.test("every product has a whole positive price in the currency of every country", () => {
  for (const product of createCatalogue(1, 500)) {
    for (const { currency } of COUNTRIES) {
      const price = priceOf(product, currency as CurrencyCode);
      assert.ok(Number.isSafeInteger(price) && price > 0, `${product.id} costs ${price} ${currency}`);
    }
  }
  assert.deepEqual(new Set(COUNTRIES.map(({ currency }) => currency)), new Set(CURRENCIES));
});

Deno.test("prices have no more digits than their currency: none in JPY, three in KWD", () => {
  for (const product of createCatalogue(1, 100)) {
    for (const currency of CURRENCIES as CurrencyCode[]) {
      const decimals = amountText(priceOf(product, currency), currency).split(".")[1] ?? "";
      assert.ok(decimals.length <= currencyDigits(currency), `${product.id} in ${currency}`);
    }
  }
  const yen = priceOf(createCatalogue(1, 1)[0]!, "JPY" as CurrencyCode);
  assert.equal(amountText(yen, "JPY" as CurrencyCode), String(yen));
});

Deno.test("a product has no price in a currency that the shop does not take", () => {
  assert.throws(() => priceOf(createCatalogue(1, 1)[0]!, "XAU" as CurrencyCode), /P-00001 in XAU/);
});
