import uPlot from "uplot";

/** One measure over the minutes of the hour. */
export interface PlotData {
  /** Starts of the minutes, in seconds since the epoch, ascending. */
  readonly times: readonly number[];
  /** A value for each; null leaves a gap. */
  readonly values: readonly (number | null)[];
  /** From this time on minutes are provisional, which is shaded. */
  readonly provisionalFrom: number | undefined;
  /** Times of restated minutes, which are marked. */
  readonly restated: readonly number[];
}

/** How a plot looks and writes. */
export interface PlotStyle {
  readonly kind: "bars" | "line";
  /** The CSS variable that holds its colour. */
  readonly colour: string;
  readonly formatTime: (seconds: number) => string;
  readonly formatValue: (value: number) => string;
  /** The least top of the scale, so that an empty hour doesn't draw noise. */
  readonly leastTop: number;
  /** Told which minute the pointer is on; undefined when it has left. */
  readonly onHover: (index: number | undefined) => void;
}

/** A plot on the page. */
export interface MinutePlot {
  update(data: PlotData): void;
  destroy(): void;
}

/** Pointers of plots with the same key move together. */
const SYNC_KEY = "minutes";
const MINUTE_SECONDS = 60;

/** Draws a plot into an element and keeps it as wide as that. */
export function createPlot(host: HTMLElement, style: PlotStyle, first: PlotData): MinutePlot {
  let data = first;
  let plot = draw();
  const onResize = new ResizeObserver(() => plot.setSize(sizeOf(host)));
  onResize.observe(host);
  // Colours come from the style sheet, and are read when a plot is made.
  const scheme = matchMedia("(prefers-color-scheme: dark)");
  const redraw = () => {
    plot.destroy();
    plot = draw();
  };
  scheme.addEventListener("change", redraw);

  function draw(): uPlot {
    const colourOf = (name: string) => getComputedStyle(host).getPropertyValue(name).trim();
    const colour = colourOf(style.colour);
    const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
    const font = `${Math.round(rem * 0.7)}px ${getComputedStyle(host).fontFamily}`;
    const axis: uPlot.Axis = {
      font,
      stroke: colourOf("--muted"),
      grid: { stroke: colourOf("--line"), width: 1 },
      ticks: { show: false },
    };
    const isBars = style.kind === "bars";
    const options: uPlot.Options = {
      ...sizeOf(host),
      padding: [rem * 0.5, rem * 0.5, 0, 0],
      legend: { show: false },
      cursor: {
        sync: { key: SYNC_KEY, setSeries: false },
        drag: { x: false, y: false },
        y: false,
        points: { size: rem * 0.5, fill: colour },
      },
      scales: {
        x: {
          time: true,
          range: (_plot, least, most) => [least - MINUTE_SECONDS / 2, most + MINUTE_SECONDS / 2],
        },
        y: {
          range: (
            _plot,
            least,
            most,
          ) => [Math.min(0, least ?? 0), Math.max(style.leastTop, (most ?? 0) * 1.08)],
        },
      },
      axes: [
        {
          ...axis,
          grid: { show: false },
          size: rem * 1.6,
          space: rem * 4,
          values: (_plot, splits) => splits.map(style.formatTime),
        },
        {
          ...axis,
          size: rem * 3.4,
          space: (_plot, _axis, _least, _most, height) => Math.max(rem * 2.2, height / 5),
          values: (_plot, splits) => splits.map(style.formatValue),
        },
      ],
      series: [
        {},
        {
          stroke: colour,
          width: isBars ? 0 : Math.max(1.5, rem / 9),
          points: { show: !isBars, size: rem * 0.2, fill: colour },
          ...(isBars ? { fill: colour, paths: uPlot.paths.bars!({ size: [0.72, 60], radius: 0.15 }) } : {}),
        },
      ],
      hooks: {
        drawClear: [(drawn) => shadeProvisional(drawn, data.provisionalFrom, colourOf("--provisional"))],
        draw: [(drawn) => markRestated(drawn, data.restated, colourOf("--restated"), rem)],
        setCursor: [(drawn) => style.onHover(drawn.cursor.idx ?? undefined)],
      },
    };
    return new uPlot(options, alignedOf(data), host);
  }

  return {
    update(next) {
      data = next;
      plot.setData(alignedOf(data));
    },
    destroy() {
      scheme.removeEventListener("change", redraw);
      onResize.disconnect();
      plot.destroy();
    },
  };
}

function sizeOf(host: HTMLElement): { width: number; height: number } {
  return { width: Math.max(host.clientWidth, 1), height: Math.max(host.clientHeight, 1) };
}

function alignedOf({ times, values }: PlotData): uPlot.AlignedData {
  return [[...times], [...values]];
}

function shadeProvisional(plot: uPlot, from: number | undefined, colour: string): void {
  if (from === undefined) return;
  const { ctx, bbox } = plot;
  const left = Math.max(bbox.left, plot.valToPos(from - MINUTE_SECONDS / 2, "x", true));
  ctx.save();
  ctx.fillStyle = colour;
  ctx.fillRect(left, bbox.top, bbox.left + bbox.width - left, bbox.height);
  ctx.restore();
}

function markRestated(plot: uPlot, times: readonly number[], colour: string, rem: number): void {
  const { ctx, bbox } = plot;
  const half = rem * 0.25 * devicePixelRatio;
  ctx.save();
  ctx.fillStyle = colour;
  for (const time of times) {
    const middle = plot.valToPos(time, "x", true);
    ctx.beginPath();
    ctx.moveTo(middle - half, bbox.top);
    ctx.lineTo(middle + half, bbox.top);
    ctx.lineTo(middle, bbox.top + half * 1.6);
    ctx.fill();
  }
  ctx.restore();
}
