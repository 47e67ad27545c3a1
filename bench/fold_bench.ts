import { decodeEvent, MinuteFold, type Offset } from "@countinghouse/core";
import { foldOptions } from "@countinghouse/rollup/fold_options";
import { loadSettings } from "@countinghouse/shared/config";
import { shopRecords } from "./shop_records.ts";

const EVENTS = 100_000;
const BATCH = 5_000;
const records = shopRecords({
  events: EVENTS,
  perSecond: 2_000,
  faults: { duplicates: 0.02, poison: 0.0005 },
});
const options = foldOptions(loadSettings());
const decoder = new TextDecoder();

Deno.bench(
  `JSON.parse alone of ${EVENTS} records of a shop`,
  { group: "fold", baseline: true },
  () => {
    for (const { value } of records) {
      try {
        JSON.parse(decoder.decode(value!));
      } catch {
        // A few are poison.
      }
    }
  },
);

Deno.bench(`decodeEvent of ${EVENTS} records, as the warehouse reads them`, { group: "fold" }, () => {
  for (const { value } of records) decodeEvent(value);
});

Deno.bench(`${EVENTS} records from bytes to minutes, each once`, { group: "fold" }, () => {
  const fold = new MinuteFold(0, options);
  for (let from = 0; from < EVENTS; from += BATCH) {
    const part = records.slice(from, from + BATCH);
    const batch = {
      partition: 0,
      records: part,
      from: from as Offset,
      through: (from + part.length) as Offset,
      end: EVENTS as Offset,
    };
    fold.needs(batch);
    fold.apply(batch);
  }
  if (fold.take(true).ledger.read !== EVENTS) throw new Error("Cannot bench: not every record was read");
});
