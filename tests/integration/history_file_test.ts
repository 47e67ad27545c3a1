import { deepEqual, equal, ok } from "node:assert/strict";
import { fetchText, runTask, type Stack, startStack } from "../stack.ts";
import { waitUntil } from "../wait_until.ts";
import { makeYearOfOrders, type Takings, type YearOfOrders } from "./year_of_orders.ts";

/** `ORDERS=500000 deno task test tests/integration/history_file_test.ts` runs it on more. */
const ORDERS = Number(Deno.env.get("ORDERS") ?? 20_000);
/** Half an hour off the hour, and daylight saving by an hour in April and October. */
const TZ = "Australia/Adelaide";
const STORE = `year-${crypto.randomUUID().slice(0, 8)}`;
/** Files of a year take long to be written one by one. */
const ONE_LAKE_BATCH = { LAKE_BATCH_AGE_MS: "60000" };

interface Day {
  readonly window_start: string;
  readonly metrics: {
    readonly purchases: number;
    readonly refunds: number;
    readonly by_currency: Readonly<Record<string, { readonly revenue_minor: number }>>;
  };
}

Deno.test("a year of orders and returns: exact by day and by month of another time zone", async (test) => {
  const folder = await Deno.makeTempDir();
  try {
    const path = `${folder}/year.ndjson`;
    const year = await makeYearOfOrders({ path, orders: ORDERS, seed: 7, storeId: STORE, tz: TZ });
    await using stack = await startStack({ dataDir: `${folder}/data`, environment: ONE_LAKE_BATCH });
    const archivedBefore = await archived(stack);
    const { code, output } = await runTask(["ingest", path], stack.environment);
    equal(code, 0, output);

    const days = await waitUntil("every order in the history", 600_000, async () => {
      const found = await daysOf(stack, year);
      const purchases = found.reduce((sum, { metrics }) => sum + metrics.purchases, 0);
      ok(purchases <= year.purchases, `there are ${purchases} orders, which is too many`);
      const refunds = found.reduce((sum, { metrics }) => sum + metrics.refunds, 0);
      return purchases === year.purchases && refunds === year.refunds && found;
    });
    await test.step("by day", () => deepEqual(takingsBy(days, "2024-12-31".length), plain(year.byDay)));
    await test.step("by month", () => deepEqual(takingsBy(days, "2024-12".length), plain(year.byMonth)));

    await test.step("the hot store has counted it in its books, and holds none of it", async () => {
      const total = year.purchases + year.refunds;
      await waitUntil("the year in the books", 300_000, async () => {
        return await archived(stack) - archivedBefore === total;
      });
      const { text } = await fetchText(`${stack.webUrl}/sessions/active?store_id=${STORE}`);
      equal(JSON.parse(text).active_sessions, 0);
      const latest = await fetchText(`${stack.webUrl}/kpis/latest?store_id=${STORE}`);
      equal(JSON.parse(latest.text).source, "warehouse");
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

/** How many events the books say are history. */
async function archived({ webUrl }: Stack): Promise<number> {
  const { ok: answered, text } = await fetchText(`${webUrl}/ledger`);
  ok(answered, text);
  const { partitions } = JSON.parse(text) as {
    readonly partitions: readonly { readonly archived: number }[];
  };
  return partitions.reduce((sum, partition) => sum + partition.archived, 0);
}

async function daysOf({ webUrl }: Stack, { storeId, startMs, endMs }: YearOfOrders): Promise<readonly Day[]> {
  const query = new URLSearchParams({
    store_id: storeId,
    start_time: new Date(startMs - 86_400_000).toISOString(),
    end_time: new Date(endMs + 86_400_000).toISOString(),
    step: "1d",
    tz: TZ,
  });
  const { ok: answered, text } = await fetchText(`${webUrl}/kpis/history?${query}`);
  ok(answered, text);
  return JSON.parse(text);
}

/** Revenue by local day or month, in minor units by currency. */
function takingsBy(days: readonly Day[], characters: number): Record<string, Record<string, string>> {
  const sums: Record<string, Record<string, bigint>> = {};
  for (const { window_start, metrics } of days) {
    // A day that begins at midnight in Adelaide began on the day before in UTC.
    const local = Temporal.Instant.from(window_start).toZonedDateTimeISO(TZ).toPlainDate().toString();
    const sum = sums[local.slice(0, characters)] ??= {};
    for (const [currency, { revenue_minor }] of Object.entries(metrics.by_currency)) {
      sum[currency] = (sum[currency] ?? 0n) + BigInt(revenue_minor);
    }
  }
  return texts(Object.entries(sums).map(([key, sum]) => [key, Object.entries(sum)]));
}

function plain(takings: Takings): Record<string, Record<string, string>> {
  return texts([...takings].map(([key, sum]) => [key, [...sum]]));
}

function texts(
  sums: readonly (readonly [string, readonly (readonly [string, bigint])[]])[],
): Record<string, Record<string, string>> {
  return Object.fromEntries(
    sums.map(([key, sum]) => [
      key,
      Object.fromEntries(sum.map(([currency, minor]) => [currency, String(minor)])),
    ]),
  );
}
