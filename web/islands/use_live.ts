import { useEffect, useState } from "preact/hooks";
import type { LiveMinutes } from "./live_minutes.ts";
import type { LiveState } from "./live_state.ts";

/** The shared state; the component renders again when it changes. */
export function useLive(live: LiveMinutes): LiveState {
  const [state, setState] = useState(live.rendered);
  useEffect(() => {
    const update = () => setState(live.state);
    update();
    return live.subscribe(update);
  }, [live]);
  return state;
}

/** The viewer's time zone. It is UTC until the page has hydrated, because the server can't know it. */
export function useTimeZone(): string {
  const [timeZone, setTimeZone] = useState("UTC");
  useEffect(() => setTimeZone(new Intl.DateTimeFormat().resolvedOptions().timeZone), []);
  return timeZone;
}
