import { deepEqual, equal, notEqual, ok } from "node:assert/strict";
import { post, shopEvent, testCollector } from "./app_fixture.ts";
import { createPseudonymise } from "./pseudonym.ts";

const CHROME =
  "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36";
const IPHONE =
  "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1";
const GOOGLEBOT = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)";
const browser = (userAgent: string) => ({
  origin: "https://shop.example",
  "user-agent": userAgent,
  "cf-ipcountry": "de",
});

async function storedOf(event: unknown, headers: Readonly<Record<string, string>>) {
  const { app, events } = testCollector();
  equal((await post(app, "/v1/events", event, headers)).status, 202);
  return events()[0]!.event;
}

Deno.test("an event from a browser gets its visitor's device and country", async () => {
  const { device, geo } = await storedOf(shopEvent(), browser(CHROME));
  deepEqual(device, { user_agent: CHROME, browser: "Chrome", os: "Windows", mobile: false });
  deepEqual(geo, { country: "DE" });
  const phone = await storedOf(shopEvent(), browser(IPHONE));
  deepEqual(phone["device"], { user_agent: IPHONE, browser: "Safari", os: "iOS", mobile: true });
});

Deno.test("what the shop says about device and country stays, and is filled up", async () => {
  const said = {
    device: { os: "HarmonyOS", mobile: null, app: "2.1" },
    geo: { country: "AT", city: "Wien" },
  };
  const { device, geo } = await storedOf(shopEvent(said), browser(CHROME));
  deepEqual(device, { user_agent: CHROME, browser: "Chrome", os: "HarmonyOS", mobile: false, app: "2.1" });
  deepEqual(geo, { country: "AT", city: "Wien" });
});

Deno.test("a server's own user agent and country say nothing about its visitors", async () => {
  const { origin: _, ...server } = browser("python-requests/2.32");
  const stored = await storedOf(shopEvent(), server);
  deepEqual([stored["device"], stored["geo"]], [undefined, undefined]);
  const { device } = await storedOf(shopEvent({ device: { user_agent: CHROME } }), server);
  deepEqual(device, { user_agent: CHROME, browser: "Chrome", os: "Windows", mobile: false });
});

Deno.test("bots are marked, and counted by whoever wants to", async () => {
  const { device } = await storedOf(shopEvent(), browser(GOOGLEBOT));
  equal((device as { bot?: boolean }).bot, true);
});

Deno.test("a country that is none is not stored", async () => {
  for (const country of ["XX", "T1", "Germany", ""]) {
    const { geo } = await storedOf(shopEvent(), { ...browser(CHROME), "cf-ipcountry": country });
    equal(geo, undefined, country);
  }
});

Deno.test("no address is stored, neither the request's nor one in the event", async () => {
  const { app, events } = testCollector();
  const address = "203.0.113.7";
  const event = shopEvent({ ip: address, ip_address: address, device: { ip: address, user_agent: CHROME } });
  const proxied = { ...browser(CHROME), "x-forwarded-for": address, "cf-connecting-ip": address };
  await post(app, "/v1/events", event, proxied);
  equal(events().length, 1);
  equal(events()[0]!.text.includes(address), false);
});

Deno.test("with a secret, user ids are pseudonyms: the same for the same user of a store, and else another", async () => {
  const pseudonymise = await createPseudonymise("a secret of the shop");
  const { app, events } = testCollector({ pseudonymise });
  const users = [{ user_id: "ann" }, { user_id: "ann" }, { user_id: "bob" }, {
    user_id: "ann",
    store_id: "north",
  }];
  await post(app, "/v1/events", users.map(shopEvent));
  const [ann, again, bob, north] = events().map(({ event }) => event["user_id"] as string);
  equal(ann, again);
  ok(ann !== bob && ann !== north && bob !== north);
  equal(events()[0]!.key, `default/${ann}`);
  ok(events().every(({ text }) => !/ann|bob/.test(text)));
  notEqual(ann, await (await createPseudonymise("another secret altogether"))("default", "ann"));
});

Deno.test("with a secret, refused events are kept without the user's id, and unreadable ones without their text", async () => {
  const pseudonymise = await createPseudonymise("a secret of the shop");
  const { app, deadLetters } = testCollector({ pseudonymise });
  const refused = [JSON.stringify(shopEvent({ user_id: "ann", price: "x" })), '{"user_id":"ann"'];
  await post(app, "/v1/events", refused.join("\n"));
  const [readable, unreadable] = deadLetters();
  equal(readable!.event["user_id"], await pseudonymise("default", "ann"));
  deepEqual([unreadable!.text, unreadable!.headers["value_bytes"]], ["", "16"]);
});
