import { Hono } from "hono";
import type { PartitionBooks } from "@countinghouse/hot";
import { withDeadline } from "./deadline.ts";
import type { LiveStreams } from "./live_streams.ts";
import { type Metric, PROMETHEUS_TYPE, prometheusText } from "./prometheus.ts";
import type { QualityFigures } from "./quality_figures.ts";
import { qualityMetrics } from "./quality_metrics.ts";
import type { RequestMetrics } from "./request_metrics.ts";

/** A store that is away must not keep the rest from being scraped. */
const QUALITY_DEADLINE_MS = 3_000;

/** `/metrics`: this process's own figures, the books and lag of every partition, and the quality of the numbers. */
export function metricsRoute(
  requests: RequestMetrics,
  streams: LiveStreams,
  isFollowing: () => boolean,
  books: () => Promise<readonly PartitionBooks[]>,
  quality: () => Promise<QualityFigures>,
  now: () => number,
): Hono {
  return new Hono().get("/metrics", async (c) => {
    const [partitions, figures] = await Promise.all([
      books().catch(() => []),
      withDeadline(quality(), QUALITY_DEADLINE_MS).catch(() => undefined),
    ]);
    const text = prometheusText([
      single("countinghouse_up", "The web server answers.", 1),
      single("countinghouse_live_feed_connected", "The change stream delivers.", isFollowing() ? 1 : 0),
      single("countinghouse_live_subscribers", "Open event streams.", streams.viewers),
      perPartition("records_read_total", "counter", "Records read.", partitions, ({ read }) => read),
      perPartition(
        "events_counted_total",
        "counter",
        "Events counted.",
        partitions,
        ({ counted }) => counted,
      ),
      perPartition("duplicates_total", "counter", "Duplicates.", partitions, ({ duplicates }) => duplicates),
      perPartition(
        "dead_lettered_total",
        "counter",
        "Records refused.",
        partitions,
        ({ dead_lettered }) => dead_lettered,
      ),
      perPartition("late_events_total", "counter", "Late among the counted.", partitions, ({ late }) => late),
      perPartition(
        "rollup_lag_records",
        "gauge",
        "Records appended and not yet rolled up.",
        partitions,
        ({ end, through }) => end - through,
      ),
      perPartition(
        "rollup_written_timestamp_seconds",
        "gauge",
        "When the rollup last wrote.",
        partitions,
        ({ written }) => written.getTime() / 1_000,
      ),
      ...(figures === undefined ? [] : qualityMetrics(figures, now())),
      ...requests.metrics(),
    ]);
    return c.body(text, 200, { "content-type": PROMETHEUS_TYPE, "cache-control": "no-store" });
  });
}

function single(name: string, help: string, value: number): Metric {
  return { name, help, type: "gauge", samples: [{ value }] };
}

function perPartition(
  name: string,
  type: "counter" | "gauge",
  help: string,
  partitions: readonly PartitionBooks[],
  value: (partition: PartitionBooks) => number,
): Metric {
  return {
    name: `countinghouse_${name}`,
    help,
    type,
    samples: partitions.map((partition) => ({
      labels: { partition: partition.partition },
      value: value(partition),
    })),
  };
}
