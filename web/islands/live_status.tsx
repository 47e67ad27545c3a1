import { formatTime } from "./format.ts";
import type { IslandProps } from "./live_minutes.ts";
import type { Connection } from "./live_state.ts";
import { useLive, useTimeZone } from "./use_live.ts";

const WORDS: Readonly<Record<Connection, string>> = {
  connecting: "Connecting",
  live: "Live",
  reconnecting: "Reconnecting",
  offline: "Offline",
};

/** Whether the numbers are moving, and when they last did. */
export default function LiveStatus({ live }: IslandProps) {
  const { connection, updatedMs, locale } = useLive(live);
  const timeZone = useTimeZone();
  return (
    <p class="live-status">
      <span class={`connection connection-${connection}`} role="status">{WORDS[connection]}</span>
      <span class="updated">
        updated{" "}
        <time dateTime={new Date(updatedMs).toISOString()} title={timeZone}>
          {formatTime(updatedMs, locale, timeZone, true)}
        </time>
        <span class="zone">{timeZone === "UTC" ? " UTC" : ""}</span>
      </span>
    </p>
  );
}
