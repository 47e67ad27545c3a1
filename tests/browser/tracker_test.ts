import { deepEqual, equal, notEqual, ok } from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { type BrowserContext, chromium, type Page } from "playwright-core";
import { type Kept, testCollector } from "../../workers/collect/app_fixture.ts";
import { waitUntil } from "../wait_until.ts";

const ARRIVES_WITHIN_MS = 10_000;
const LARGEST_TRACKER_BYTES = 2_048;

/** A shop's pages, which load the tracker from a collector at another address. */
class Site implements AsyncDisposable {
  readonly collector = testCollector({ origins: ["*"] });
  /** Bodies of the requests that the collector turned away because it was told to. */
  readonly turnedAway: string[] = [];
  down = false;
  readonly #collect = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    (request) => this.#answer(request),
  );
  readonly #pages = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, () => {
    const tag =
      `<script async src="http://127.0.0.1:${this.#collect.addr.port}/tracker.js" data-store="north"></script>`;
    return new Response(`<!doctype html><title>Shop</title>${tag}<a href="/next">next</a>`, {
      headers: { "content-type": "text/html" },
    });
  });

  get url(): string {
    return `http://127.0.0.1:${this.#pages.addr.port}`;
  }

  get trackerUrl(): string {
    return `http://127.0.0.1:${this.#collect.addr.port}/tracker.js`;
  }

  /** The events of a type, once there are so many. */
  async events(type: string, count: number): Promise<readonly Kept["event"][]> {
    const found = () =>
      this.collector.events().map(({ event }) => event).filter((one) => one["event_type"] === type);
    return await waitUntil(`${count} ${type}`, ARRIVES_WITHIN_MS, () => found().length >= count && found());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([this.#collect.shutdown(), this.#pages.shutdown()]);
  }

  async #answer(request: Request): Promise<Response> {
    if (!this.down || request.method !== "POST") return await this.collector.app.fetch(request);
    this.turnedAway.push(await request.text());
    return new Response(null, { status: 503, headers: { "access-control-allow-origin": "*" } });
  }
}

async function track(page: Page, type: string): Promise<void> {
  await page.waitForFunction("globalThis.countinghouse");
  await page.evaluate(`countinghouse.track(${JSON.stringify(type)}, { product_id: "p1", price: "19.99" })`);
}

Deno.test("the tracker in a real browser", async (test) => {
  const executablePath = Deno.env.get("CHROMIUM_PATH");
  ok(executablePath, "CHROMIUM_PATH is not set; `deno task test` finds or installs a Chromium and sets it");
  const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });

  const step = (name: string, visit: (site: Site, page: Page, context: BrowserContext) => Promise<void>) =>
    test.step(name, async () => {
      const site = new Site();
      const context = await browser.newContext();
      const complaints: string[] = [];
      try {
        const page = await context.newPage();
        page.on("pageerror", (error) => complaints.push(error.message));
        await visit(site, page, context);
        deepEqual(complaints, []);
      } finally {
        await context.close();
        await site[Symbol.asyncDispose]();
      }
    });

  try {
    await step("it is small", async (site) => {
      const script = new Uint8Array(await (await fetch(site.trackerUrl)).arrayBuffer());
      const bytes = gzipSync(script).length;
      console.log(`${bytes} bytes gzipped`);
      ok(bytes <= LARGEST_TRACKER_BYTES);
    });

    await step(
      "it sends page views, also where the page only changes its address, of one visitor's session",
      async (site, page) => {
        await page.goto(`${site.url}/shoes?utm_source=news&utm_campaign=may`);
        const [first] = await site.events("page_view", 1);
        deepEqual([first!["page"], first!["store_id"]], ["/shoes", "north"]);
        deepEqual(first!["utm"], { source: "news", campaign: "may" });
        equal((first!["device"] as { browser: string }).browser, "Chrome");
        await page.evaluate(`history.pushState({}, "", "/shoes/17"); history.replaceState({ seen: 1 }, "")`);
        await page.goBack();
        await page.goto(`${site.url}/hats`);
        const views = await site.events("page_view", 4);
        deepEqual(views.map((view) => view["page"]), ["/shoes", "/shoes/17", "/shoes", "/hats"]);
        for (const name of ["user_id", "session_id"]) {
          equal(new Set(views.map((view) => view[name])).size, 1, name);
        }
        equal(
          new Set(views.map((view) => view["event_id"])).size,
          4,
        );
      },
    );

    await step("it sends what the shop tells it, of the user that it names", async (site, page) => {
      await page.goto(site.url);
      const [view] = await site.events("page_view", 1);
      await page.evaluate(`countinghouse.identify("ann")`);
      await track(page, "add_to_cart");
      const [event] = await site.events("add_to_cart", 1);
      deepEqual([event!["product_id"], event!["price"], event!["user_id"]], ["p1", "19.99", "ann"]);
      notEqual(view!["user_id"], "ann");
    });

    await step(
      "while the collector is away it keeps the events, and sends them again with the same ids",
      async (site, page) => {
        site.down = true;
        await page.goto(site.url);
        await track(page, "add_to_cart");
        await waitUntil("a second attempt", ARRIVES_WITHIN_MS, () => site.turnedAway.length >= 2);
        site.down = false;
        const events = [...await site.events("page_view", 1), ...await site.events("add_to_cart", 1)];
        const sentBefore = JSON.parse(site.turnedAway.at(-1)!) as { event_id: string }[];
        deepEqual(events.map(({ event_id }) => event_id), sentBefore.map(({ event_id }) => event_id));
      },
    );

    await step(
      "offline events outlive their page and arrive once, when the browser is online again",
      async (site, page, context) => {
        await page.goto(site.url);
        await site.events("page_view", 1);
        await context.setOffline(true);
        await track(page, "add_to_cart");
        await page.goto("about:blank");
        await context.setOffline(false);
        await page.goto(site.url);
        await site.events("add_to_cart", 1);
        await site.events("page_view", 2);
        equal((await site.events("add_to_cart", 1)).length, 1);
      },
    );

    await step("an event in the last moment of a page arrives", async (site, page) => {
      await page.goto(site.url);
      await site.events("page_view", 1);
      await page.evaluate(`countinghouse.track("add_to_cart", {}); location.href = "about:blank"`);
      await site.events("add_to_cart", 1);
    });

    for (const wish of [`"doNotTrack", { get: () => "1" }`, `"globalPrivacyControl", { get: () => true }`]) {
      await step(`who asks not to be tracked isn't: ${wish.split(",")[0]}`, async (site, page) => {
        await page.addInitScript(`Object.defineProperty(navigator, ${wish})`);
        await page.goto(site.url);
        await track(page, "add_to_cart");
        await page.goto("about:blank");
        await page.goto(site.url);
        await page.waitForFunction("globalThis.countinghouse");
        equal(await page.evaluate("localStorage.length"), 0);
        deepEqual(site.collector.events(), []);
      });
    }
  } finally {
    await browser.close();
  }
});
