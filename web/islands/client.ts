import { h, hydrate } from "preact";
import { followMinutes } from "./live_minutes.ts";
import type { LiveState } from "./live_state.ts";
import { type IslandName, ISLANDS } from "./registry.ts";

/** Brings the page's islands to life, on the state that the server rendered them with. */
async function start(): Promise<void> {
  const text = document.getElementById("live-state")?.textContent;
  if (!text) return;
  const live = followMinutes(JSON.parse(text) as LiveState, {
    openStream: (url) => new EventSource(url),
    now: Date.now,
    beforeFrame: (task) => requestAnimationFrame(task),
  });
  const places = document.querySelectorAll<HTMLElement>("[data-island]");
  await Promise.all([...places].map(async (place) => {
    const { default: island } = await ISLANDS[place.dataset["island"] as IslandName]();
    hydrate(h(island, { live }), place);
  }));
  document.documentElement.dataset["hydrated"] = "";
}

await start();
