/** Counts what the collector does, and tells it in the text format of Prometheus. */
export class CollectMetrics {
  #accepted = 0;
  #refused = 0;
  readonly #answers = new Map<number, number>();

  /** Notes what the broker has acknowledged. */
  stored(accepted: number, refused: number): void {
    this.#accepted += accepted;
    this.#refused += refused;
  }

  /** Notes an answer. */
  answered(status: number): void {
    this.#answers.set(status, (this.#answers.get(status) ?? 0) + 1);
  }

  /** https://prometheus.io/docs/instrumenting/exposition_formats/ */
  text(): string {
    const statuses = [...this.#answers].sort(([a], [b]) => a - b);
    return [
      "# HELP countinghouse_collect_events_total Events that the log has acknowledged.",
      "# TYPE countinghouse_collect_events_total counter",
      `countinghouse_collect_events_total{result="accepted"} ${this.#accepted}`,
      `countinghouse_collect_events_total{result="refused"} ${this.#refused}`,
      "# HELP countinghouse_collect_requests_total Requests by the status of their answer.",
      "# TYPE countinghouse_collect_requests_total counter",
      ...statuses.map(([status, count]) =>
        `countinghouse_collect_requests_total{status="${status}"} ${count}`
      ),
      "",
    ].join("\n");
  }
}
