import type { Db } from "mongodb";
import { collections, type StoreDocument } from "@countinghouse/hot";

type FirstMoney = NonNullable<StoreDocument["first_money"]>;

/** The first money event of each store over several partitions: the earliest of theirs. */
export class FirstMoneyOfStores {
  readonly #first = new Map<string, FirstMoney>();

  /** How many stores have had money. */
  get size(): number {
    return this.#first.size;
  }

  /** Takes in what a partition's shadow knows of the stores. */
  add(stores: readonly StoreDocument[]): void {
    for (const { _id, first_money: money } of stores) {
      if (money === undefined) continue;
      const before = this.#first.get(_id);
      if (before === undefined || isBefore(money, before)) this.#first.set(_id, money);
    }
  }

  /** The stores of which the live database says something else. */
  async wrong(database: Db): Promise<readonly { readonly store: string; readonly first: FirstMoney }[]> {
    const stores = await collections(database).stores.find({}).toArray();
    const live = new Map(stores.map(({ _id, first_money }) => [_id, first_money]));
    return [...this.#first].flatMap(([store, first]) => {
      const money = live.get(store);
      const same = money !== undefined && !isBefore(money, first) && !isBefore(first, money);
      return same ? [] : [{ store, first }];
    });
  }

  /** Puts a store right. */
  static async repair(database: Db, store: string, first: FirstMoney): Promise<void> {
    await collections(database).stores.updateOne({ _id: store }, { $set: { first_money: first } }, {
      upsert: true,
    });
  }
}

/** In the order in which MongoDB compares documents: by time, then by currency. */
function isBefore(a: FirstMoney, b: FirstMoney): boolean {
  return a.at < b.at || a.at.getTime() === b.at.getTime() && a.currency < b.currency;
}
