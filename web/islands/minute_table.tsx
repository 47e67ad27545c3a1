import { formatCount, formatMoney, formatShare, formatTime } from "./format.ts";
import type { LiveState } from "./live_state.ts";
import { conversion, type MinutePoint } from "./minute_point.ts";
import { StatusBadge } from "./status_badge.tsx";

/** The charts' figures for those who read instead of look, newest minute first. */
export function MinuteTable({ minutes, state: { currency, locale }, timeZone }: {
  readonly minutes: readonly MinutePoint[];
  readonly state: LiveState;
  readonly timeZone: string;
}) {
  return (
    <details class="table">
      <summary>The same as a table</summary>
      <div class="table-scroll" role="region" aria-label="Minutes of the last hour" tabIndex={0}>
        <table>
          <caption class="visually-hidden">Revenue, orders, sessions and conversion per minute</caption>
          <thead>
            <tr>
              <th scope="col">Minute</th>
              <th scope="col">Revenue</th>
              <th scope="col">Orders</th>
              <th scope="col">Sessions</th>
              <th scope="col">Conversion</th>
              <th scope="col">Status</th>
            </tr>
          </thead>
          <tbody>
            {[...minutes].reverse().map((point) => (
              <tr key={point.startMs}>
                <th scope="row">
                  <time dateTime={new Date(point.startMs).toISOString()}>
                    {formatTime(point.startMs, locale, timeZone)}
                  </time>
                </th>
                <td>{formatMoney(point.revenueMinor, currency, locale)}</td>
                <td>{formatCount(point.orders, locale)}</td>
                <td>{formatCount(point.sessions, locale)}</td>
                <td>{formatShare(conversion(point), locale)}</td>
                <td>
                  <StatusBadge status={point.status} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}
