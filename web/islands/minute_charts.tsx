import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { formatCount, formatMoney, formatMoneyShort, formatShare, formatTime, NOTHING } from "./format.ts";
import type { IslandProps } from "./live_minutes.ts";
import { everyMinute, type LiveState } from "./live_state.ts";
import type { MinutePlot, PlotData, PlotStyle } from "./minute_plot.ts";
import { conversion, type MinutePoint, summarise } from "./minute_point.ts";
import { MinuteTable } from "./minute_table.tsx";
import { useLive, useTimeZone } from "./use_live.ts";

/** What one chart shows. */
interface Measure {
  readonly id: string;
  readonly title: string;
  readonly kind: PlotStyle["kind"];
  readonly leastTop: number;
  /** In the unit of the axis; undefined leaves a gap. `isOver` tells that the minute is not the current one. */
  readonly value: (point: MinutePoint, isOver: boolean) => number | undefined;
  readonly format: (point: MinutePoint) => string;
  readonly formatAxis: (value: number) => string;
}

/** Revenue, sessions and conversion of every minute of the last hour: as charts, and as a table. */
export default function MinuteCharts({ live }: IslandProps) {
  const state = useLive(live);
  const timeZone = useTimeZone();
  const minutes = useMemo(() => everyMinute(state), [state]);
  const [hovered, setHovered] = useState<number>();
  const { provisional, final, restated } = summarise(state.points).statuses;

  return (
    <section class="charts" aria-labelledby="charts-title">
      <header class="section-head">
        <h2 id="charts-title">Last 60 minutes</h2>
        <p class="section-note key">
          <span class="status status-final">{final} final</span>
          <span class="status status-provisional">{provisional} provisional</span>
          <span class="status status-restated">{restated} restated</span>
        </p>
      </header>
      <div class="panels">
        {measures(state).map((measure) => (
          <Panel
            key={measure.id}
            measure={measure}
            minutes={minutes}
            locale={state.locale}
            timeZone={timeZone}
            hovered={hovered}
            onHover={setHovered}
          />
        ))}
      </div>
      <MinuteTable minutes={minutes} state={state} timeZone={timeZone} />
    </section>
  );
}

function measures({ currency, locale }: LiveState): Measure[] {
  return [
    {
      id: "revenue",
      title: "Revenue",
      kind: "bars",
      leastTop: 100,
      value: ({ revenueMinor }) => revenueMinor,
      format: ({ revenueMinor }) => formatMoney(revenueMinor, currency, locale),
      formatAxis: (value) => formatMoneyShort(value, currency, locale),
    },
    {
      id: "sessions",
      title: "Sessions",
      kind: "bars",
      leastTop: 4,
      value: ({ sessions }) => sessions,
      format: ({ sessions }) => formatCount(sessions, locale),
      formatAxis: (value) => Number.isInteger(value) ? formatCount(value, locale) : "",
    },
    {
      id: "conversion",
      title: "Conversion",
      kind: "line",
      leastTop: 0.02,
      // In the first seconds of a minute a share says nothing.
      value: (point, isOver) => isOver ? conversion(point) : undefined,
      format: (point) => formatShare(conversion(point), locale),
      formatAxis: (value) => value.toLocaleString(locale, { style: "percent", maximumFractionDigits: 1 }),
    },
  ];
}

function Panel({ measure, minutes, locale, timeZone, hovered, onHover }: {
  readonly measure: Measure;
  readonly minutes: readonly MinutePoint[];
  readonly locale: string;
  readonly timeZone: string;
  readonly hovered: number | undefined;
  readonly onHover: (index: number | undefined) => void;
}) {
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<MinutePlot>(null);
  const data = useMemo(() => plotData(measure, minutes), [minutes]);
  const newest = useRef({ measure, data });
  newest.current = { measure, data };

  useEffect(() => {
    let isGone = false;
    import("./minute_plot.ts").then(({ createPlot }) => {
      if (isGone || host.current === null) return;
      plot.current = createPlot(host.current, {
        kind: measure.kind,
        colour: `--${measure.id}`,
        leastTop: measure.leastTop,
        formatTime: (seconds) => formatTime(seconds * 1_000, locale, timeZone),
        formatValue: (value) => newest.current.measure.formatAxis(value),
        onHover,
      }, newest.current.data);
    });
    return () => {
      isGone = true;
      plot.current?.destroy();
    };
  }, [timeZone]);

  useEffect(() => plot.current?.update(data), [data]);

  const pointed = hovered === undefined ? minutes.at(-1) : minutes[hovered];
  return (
    <figure class="panel">
      <figcaption>
        <span class={`panel-title panel-${measure.id}`}>{measure.title}</span>
        <span class="panel-value">
          {pointed === undefined ? NOTHING : (
            <>
              <b>{measure.format(pointed)}</b> {formatTime(pointed.startMs, locale, timeZone)}
            </>
          )}
        </span>
      </figcaption>
      <div class="plot" ref={host} aria-hidden="true" />
    </figure>
  );
}

function plotData({ value }: Measure, minutes: readonly MinutePoint[]): PlotData {
  const seconds = ({ startMs }: MinutePoint) => startMs / 1_000;
  const firstOpen = minutes.find(({ status, sessions }) => status === "provisional" && sessions > 0);
  return {
    times: minutes.map(seconds),
    values: minutes.map((point, at) => value(point, at < minutes.length - 1) ?? null),
    provisionalFrom: firstOpen === undefined ? undefined : seconds(firstOpen),
    restated: minutes.filter(({ status }) => status === "restated").map(seconds),
  };
}
