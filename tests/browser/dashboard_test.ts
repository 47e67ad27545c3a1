import { deepEqual, equal, ok } from "node:assert/strict";
import { type Browser, chromium, type Page } from "playwright-core";
import { partitionKey } from "@countinghouse/core";
import { createKafkaLog, type KafkaLog } from "@countinghouse/log";
import { loadSettings } from "@countinghouse/shared/config";
import { loadEndpoints } from "@countinghouse/shared/endpoints";
import { createLogger } from "@countinghouse/shared/telemetry";
import { fetchText, type Stack, startStack } from "../stack.ts";
import { waitUntil } from "../wait_until.ts";

const STORE = `browser-${crypto.randomUUID()}`;
/** Orders of the last hour; unlike the figure of this minute, it does not begin again when a minute is over. */
const ORDERS = '[data-kpi="orders"] .card-hour-value';
const LIVE_ORDERS = 5;
/** What a viewer feels as live; the figure itself is printed. */
const LIVE_WITHIN_MS = 5_000;

Deno.test("the dashboard in a real browser", async (test) => {
  const folder = await Deno.makeTempDir();
  const settings = loadSettings();
  const { kafkaBootstrapServers } = loadEndpoints(settings);
  const log = createKafkaLog({
    clientId: "countinghouse-tests",
    bootstrapServers: kafkaBootstrapServers,
    logger: createLogger("warn"),
  });
  const browser = await launch();
  try {
    await using stack = await startStack({ dataDir: `${folder}/data` });
    const url = `${stack.webUrl}/?store_id=${STORE}`;
    const shop = new Shop(log, settings.topics.events);
    await shop.order();
    await waitUntil("the first order in the API", 15_000, () => hasOrder(stack));

    await test.step("with JavaScript off, the figures are there as text", async () => {
      const page = await browser.newPage({ javaScriptEnabled: false, locale: "en-US" });
      await page.goto(url);
      const text = await page.innerText("body");
      for (const figure of ["Revenue", "€19.99", "Orders", "Conversion", "Active sessions", "Unique users"]) {
        ok(text.includes(figure), `no "${figure}" in:\n${text}`);
      }
      equal(await page.innerText(ORDERS), "1");
      await page.close();
    });

    await test.step("with JavaScript, a number moves as soon as an order is in the log, and nothing is complained about", async () => {
      const page = await browser.newPage({ locale: "en-US" });
      const complaints = listenForComplaints(page);
      await page.goto(url);
      await page.waitForSelector(".connection-live");
      const latenciesMs: number[] = [];
      for (let orders = 2; orders < 2 + LIVE_ORDERS; orders++) {
        await shop.order();
        latenciesMs.push(await millisecondsUntilShown(page, String(orders)));
      }
      console.log(`acknowledged by the log -> on the screen, ms: ${latenciesMs.map(Math.round).join(", ")}`);
      deepEqual(complaints, []);
      await page.close();
    });
  } finally {
    await browser.close();
    await log.close();
    await Deno.remove(folder, { recursive: true });
  }
});

/** A shop whose orders are acknowledged by the log. */
class Shop {
  #orders = 0;

  constructor(readonly log: KafkaLog, readonly topic: string) {}

  async order(): Promise<void> {
    const serial = ++this.#orders;
    const user = `visitor-${serial}`;
    const event = {
      event_id: `${STORE}-${serial}`,
      event_type: "purchase",
      event_ts: new Date().toISOString(),
      user_id: user,
      session_id: "1",
      store_id: STORE,
      order_id: `order-${serial}`,
      value: 19.99,
      currency: "EUR",
    };
    const value = new TextEncoder().encode(JSON.stringify(event));
    await this.log.append(this.topic, [{ key: partitionKey(STORE, user), value }]);
  }
}

async function launch(): Promise<Browser> {
  const executablePath = Deno.env.get("CHROMIUM_PATH");
  ok(executablePath, "CHROMIUM_PATH is not set; `deno task test` finds or installs a Chromium and sets it");
  return await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });
}

async function hasOrder(stack: Stack): Promise<boolean> {
  const { text } = await fetchText(`${stack.webUrl}/kpis/history?store_id=${STORE}&minutes_back=60`);
  const windows = JSON.parse(text) as { readonly metrics: { readonly purchases: number } }[];
  return windows.some(({ metrics }) => metrics.purchases > 0);
}

/** Collects errors of the page's scripts, of its console, and of what it loads. */
function listenForComplaints(page: Page): readonly string[] {
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") complaints.push(message.text());
  });
  page.on("response", (response) => {
    if (response.status() >= 400) complaints.push(`${response.status()} ${response.url()}`);
  });
  return complaints;
}

async function millisecondsUntilShown(page: Page, orders: string): Promise<number> {
  const startedMs = performance.now();
  await page.waitForFunction(
    ([selector, text]) => document.querySelector(selector!)?.textContent === text,
    [ORDERS, orders],
    { polling: "raf", timeout: LIVE_WITHIN_MS },
  );
  return performance.now() - startedMs;
}
