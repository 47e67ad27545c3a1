import { deepEqual, equal, match } from "node:assert/strict";
import { loadEndpoints } from "@countinghouse/shared/endpoints";
import { loadSettings } from "@countinghouse/shared/config";
import { fetchText, startStack } from "../stack.ts";
import { waitUntil } from "../wait_until.ts";

const UP_WITHIN_MS = 30_000;
const COUNTED_WITHIN_MS = 30_000;

Deno.test("what is sent to the collector, on its own port and on the dashboard's, is counted once", async () => {
  const folder = await Deno.makeTempDir();
  const store = `collect-${crypto.randomUUID()}`;
  try {
    await using stack = await startStack({ dataDir: `${folder}/data` });
    const collectUrl = await waitUntil("a collector that answers", UP_WITHIN_MS, async () => {
      const { collectUrl } = loadEndpoints({ ...loadSettings(), dataDir: `${folder}/data` });
      return collectUrl !== undefined && (await fetchText(`${collectUrl}/health`)).ok && collectUrl;
    });
    const order = (serial: number) => ({
      event_id: `${store}-${serial}`,
      event_type: "purchase",
      event_ts: new Date().toISOString(),
      user_id: `u-${serial}`,
      session_id: "s",
      store_id: store,
      order_id: `o-${serial}`,
      value: "19.99",
      currency: "EUR",
    });
    for (
      const [url, orders] of [[collectUrl, [order(1), order(2)]], [stack.webUrl, [
        order(2),
        order(3),
      ]]] as const
    ) {
      const response = await fetch(`${url}/v1/events`, { method: "POST", body: JSON.stringify(orders) });
      deepEqual([response.status, await response.json()], [202, { accepted: 2, rejected: 0, errors: [] }]);
    }
    const minutes = await waitUntil("three orders", COUNTED_WITHIN_MS, async () => {
      const { text } = await fetchText(`${stack.webUrl}/kpis/history?store_id=${store}&minutes_back=60`);
      const found = JSON.parse(text) as {
        metrics: { purchases: number; by_currency: Record<string, { revenue_minor: number }> };
      }[];
      const orders = found.reduce((sum, { metrics }) => sum + metrics.purchases, 0);
      return orders >= 3 && found;
    });
    const sold = minutes.reduce(
      (sum, { metrics }) => sum + (metrics.by_currency["EUR"]?.revenue_minor ?? 0),
      0,
    );
    equal(sold, 3 * 1_999);

    const tracker = await fetch(`${stack.webUrl}/tracker.js`);
    match(await tracker.text(), /countinghouse/);
    equal(tracker.headers.get("cross-origin-resource-policy"), "cross-origin");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
