import type { MiddlewareHandler } from "hono";
import { routePath } from "hono/route";
import type { Metric, Sample } from "./prometheus.ts";

const BUCKETS_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5] as const;

interface Series {
  readonly labels: { readonly method: string; readonly route: string; readonly status: number };
  readonly buckets: number[];
  seconds: number;
  count: number;
}

/** Counts requests by method, route and status, with how long they took until the answer began. */
export class RequestMetrics {
  readonly #series = new Map<string, Series>();

  /** Measures every request that passes. */
  readonly middleware: MiddlewareHandler = async (c, next) => {
    const begin = performance.now();
    await next();
    this.#record(c.req.method, routePath(c, -1), c.res.status, (performance.now() - begin) / 1_000);
  };

  /** What was measured so far. */
  metrics(): Metric[] {
    const all = [...this.#series.values()];
    return [
      {
        name: "http_requests_total",
        help: "Requests answered.",
        type: "counter",
        samples: all.map(({ labels, count }) => ({ labels, value: count })),
      },
      {
        name: "http_request_duration_seconds",
        help: "Time until the answer began.",
        type: "histogram",
        samples: all.flatMap(histogramSamples),
      },
    ];
  }

  #record(method: string, route: string, status: number, seconds: number): void {
    const key = `${method} ${route} ${status}`;
    let series = this.#series.get(key);
    if (series === undefined) {
      series = {
        labels: { method, route, status },
        buckets: BUCKETS_SECONDS.map(() => 0),
        seconds: 0,
        count: 0,
      };
      this.#series.set(key, series);
    }
    BUCKETS_SECONDS.forEach((most, at) => {
      if (seconds <= most) series.buckets[at]!++;
    });
    series.seconds += seconds;
    series.count++;
  }
}

function histogramSamples({ labels, buckets, seconds, count }: Series): Sample[] {
  return [
    ...buckets.map((value, at) => ({
      labels: { ...labels, le: BUCKETS_SECONDS[at]! },
      value,
      suffix: "_bucket",
    })),
    { labels: { ...labels, le: "+Inf" }, value: count, suffix: "_bucket" },
    { labels, value: seconds, suffix: "_sum" },
    { labels, value: count, suffix: "_count" },
  ];
}
