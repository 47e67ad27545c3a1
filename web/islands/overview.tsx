import { MINUTE_MS, minuteStart } from "@countinghouse/core/window";
import { formatCount, formatDayTime, formatMoney, formatShare, formatTime } from "./format.ts";
import type { IslandProps } from "./live_minutes.ts";
import { type LiveState, newestPoint } from "./live_state.ts";
import { averageOrder, conversion, summarise } from "./minute_point.ts";
import { StatusBadge } from "./status_badge.tsx";
import { useLive, useTimeZone } from "./use_live.ts";

/** The cards: each figure of the newest minute, and of the last hour. */
export default function Overview({ live }: IslandProps) {
  const state = useLive(live);
  const timeZone = useTimeZone();
  const { locale, currency, unconverted, points, nowMs } = state;
  const newest = newestPoint(state);
  const hour = summarise(points);
  const money = (minor: number | undefined) => formatMoney(minor, currency, locale);
  const count = (value: number) => formatCount(value, locale);
  const share = (value: number | undefined) => formatShare(value, locale);
  const isCurrent = newest.startMs >= minuteStart(nowMs);

  return (
    <section class="overview" aria-labelledby="overview-title">
      <header class="section-head">
        <h2 id="overview-title">{isCurrent ? "This minute" : "Newest minute"}</h2>
        <p class="section-note">
          <time dateTime={new Date(newest.startMs).toISOString()}>
            {formatTime(newest.startMs, locale, timeZone)} –{" "}
            {formatTime(newest.startMs + MINUTE_MS, locale, timeZone)}
          </time>
          <StatusBadge status={newest.status} />
        </p>
      </header>
      {points.length === 0 && <EmptyHour state={state} timeZone={timeZone} />}
      <dl class="cards">
        <Card
          id="revenue"
          label="Revenue"
          value={money(newest.revenueMinor)}
          hourLabel="last 60 min"
          hour={money(hour.revenueMinor)}
        >
          {unconverted.length > 0 && <p class="card-note">without {unconverted.join(", ")}: no rate</p>}
        </Card>
        <Card
          id="orders"
          label="Orders"
          value={count(newest.orders)}
          hourLabel="last 60 min"
          hour={count(hour.orders)}
        />
        <Card
          id="conversion"
          label="Conversion"
          value={share(conversion(newest))}
          hourLabel="60 min mean"
          hour={share(hour.conversion)}
        />
        <Card
          id="aov"
          label="Average order"
          value={money(averageOrder(newest))}
          hourLabel="last 60 min"
          hour={money(hour.averageOrder)}
        />
        <Card
          id="sessions"
          label="Active sessions"
          value={count(newest.sessions)}
          hourLabel="60 min peak"
          hour={count(hour.mostSessions)}
        />
        <Card
          id="users"
          label="Unique users"
          value={count(newest.users)}
          hourLabel="60 min peak"
          hour={count(hour.mostUsers)}
        />
        <Card
          id="add-to-carts"
          label="Add to cart"
          value={count(newest.addToCarts)}
          hourLabel="last 60 min"
          hour={count(hour.addToCarts)}
        />
      </dl>
    </section>
  );
}

function Card({ id, label, value, hourLabel, hour, children }: {
  readonly id: string;
  readonly label: string;
  readonly value: string;
  readonly hourLabel: string;
  readonly hour: string;
  readonly children?: preact.ComponentChildren;
}) {
  return (
    <div class="card" data-kpi={id}>
      <dt>{label}</dt>
      <dd class="card-value">{value}</dd>
      <dd class="card-hour">
        <span>{hourLabel}</span> <span class="card-hour-value">{hour}</span>
      </dd>
      {children}
    </div>
  );
}

function EmptyHour({ state, timeZone }: { readonly state: LiveState; readonly timeZone: string }) {
  const { newestBeforeMs, locale } = state;
  return (
    <p class="empty">
      No events in the last 60 minutes. {newestBeforeMs === null
        ? (
          <>
            Start a shop with <code>deno task simulate</code>, or bring your own events with{" "}
            <code>deno task ingest FILE</code>: the numbers move by themselves.
          </>
        )
        : (
          <>
            The newest are from{" "}
            <time dateTime={new Date(newestBeforeMs).toISOString()}>
              {formatDayTime(newestBeforeMs, locale, timeZone)}
            </time>.
          </>
        )}
    </p>
  );
}
