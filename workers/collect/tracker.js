// Countinghouse's tag. See README.md; what is served has to stay below 2 KB gzipped.
(() => {
  const script = document.currentScript;
  const { key, store } = script.dataset;
  const endpoint = new URL(`v1/events${key ? `?key=${key}` : ""}`, script.src).href;
  const SESSION_MS = 18e5;
  const MOST_WAITING = 100;
  const LONGEST_PAUSE_MS = 6e4;
  const nav = navigator;

  // Who asks not to be tracked isn't: nothing is sent, and nothing is kept.
  if (nav.doNotTrack === "1" || nav.globalPrivacyControl) {
    globalThis.countinghouse = { track() {}, identify() {} };
    return;
  }

  // Where there is no storage (it is full, or the visitor forbids it), this page's memory has to do.
  const memory = {};
  const get = (name) => {
    try {
      return localStorage.getItem(`countinghouse.${name}`) ?? memory[name];
    } catch {
      return memory[name];
    }
  };
  const set = (name, value) => {
    memory[name] = value;
    try {
      localStorage.setItem(`countinghouse.${name}`, value);
    } catch { /* see above */ }
  };
  // Not randomUUID: that is for pages with TLS only.
  const newId = () =>
    Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => (byte + 256).toString(16).slice(1)).join(
      "",
    );
  const kept = (name) => {
    if (!get(name)) set(name, newId());
    return get(name);
  };
  const session = () => {
    const now = Date.now();
    if (!(now - get("seen") < SESSION_MS)) set("session", newId());
    set("seen", now);
    return kept("session");
  };
  const waiting = () => JSON.parse(get("queue") || "[]");
  const keep = (events) => set("queue", JSON.stringify(events.slice(-MOST_WAITING)));

  let timer;
  let sending;
  let pauseMs = 1e3;
  const send = async () => {
    const events = waiting();
    if (sending || !events.length) return;
    sending = 1;
    let status = 0;
    try {
      // As text, which needs no question beforehand from another site.
      const request = { method: "POST", body: JSON.stringify(events), keepalive: true, credentials: "omit" };
      status = (await fetch(endpoint, request)).status;
    } catch { /* offline: sent again, with the same ids */ }
    sending = 0;
    if (status >= 200 && status < 500 && status !== 408 && status !== 429) {
      const done = new Set(events.map((event) => event.event_id));
      keep(waiting().filter((event) => !done.has(event.event_id)));
      pauseMs = 1e3;
      later(0);
    } else {
      later(pauseMs * (1 + Math.random()));
      pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS);
    }
  };
  const later = (ms) => {
    clearTimeout(timer);
    timer = setTimeout(send, ms);
  };

  const track = (type, fields) => {
    const event = {
      event_id: newId(),
      event_type: type,
      event_ts: new Date().toISOString(),
      user_id: kept("user"),
      session_id: session(),
      store_id: store,
      page: location.pathname,
      ...fields,
    };
    keep([...waiting(), event]);
    if (pauseMs === 1e3) later(50);
  };
  globalThis.countinghouse = { track, identify: (user) => set("user", String(user)) };

  let page;
  const view = () => {
    if (page === location.pathname + location.search) return;
    page = location.pathname + location.search;
    const of = (name) => new URLSearchParams(location.search).get(`utm_${name}`) || undefined;
    track("page_view", { utm: { source: of("source"), medium: of("medium"), campaign: of("campaign") } });
  };
  for (const name of ["pushState", "replaceState"]) {
    const change = history[name];
    history[name] = function (...args) {
      change.apply(this, args);
      view();
    };
  }
  addEventListener("popstate", view);
  addEventListener("online", () => later(0));
  // The last moment of a page that is sure to come. What the browser has taken over is no longer ours to send.
  addEventListener("pagehide", () => {
    const events = waiting();
    if (events.length && nav.onLine && nav.sendBeacon(endpoint, JSON.stringify(events))) keep([]);
  });
  view();
})();
