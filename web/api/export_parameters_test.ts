import assert from "node:assert/strict";
import { parseEventExport, parseKpiExport } from "./export_parameters.ts";
import { ProblemError } from "./problem.ts";

const NOW = Date.parse("2026-03-01T23:30:00Z");

/** The parameters that a request is refused for. */
function refused(read: () => unknown): string[] {
  try {
    read();
  } catch (error) {
    assert.ok(error instanceof ProblemError);
    assert.equal(error.problem.status, 400);
    return (error.problem.errors ?? []).map(({ parameter }) => parameter);
  }
  throw new Error("Cannot see a refusal: it was accepted");
}

Deno.test("events of all times as CSV, when nothing else is asked for", () => {
  const request = parseEventExport({});
  assert.deepEqual(request.range, { storeId: "default", fromMs: 0, toMs: Date.UTC(10_000, 0) });
  assert.deepEqual([request.format, request.limit, request.csv], ["csv", undefined, {
    header: true,
    bom: false,
  }]);
});

Deno.test("each parameter that can't be used is named", () => {
  assert.deepEqual(
    refused(() =>
      parseEventExport({
        format: "xls",
        start_time: "noon",
        limit: "0",
        cursor: "x",
        after: "1,2",
        as_of: "-",
      })
    ),
    ["format", "start_time", "limit", "cursor", "after", "as_of"],
  );
  assert.deepEqual(
    refused(() => parseEventExport({ start_time: "2026-03-02", end_time: "2026-03-01" })),
    ["end_time"],
  );
  assert.deepEqual(refused(() => parseEventExport({ cursor: "1-2-3.0-4", as_of: "0-4" })), ["cursor"]);
  assert.deepEqual(refused(() => parseEventExport({ from: "2026-03-01" })), ["from"]);
  assert.deepEqual(
    refused(() => parseKpiExport({ date: "2026-02-30", tz: "Mars/Base", bom: "yes" }, NOW)),
    ["bom", "date", "tz"],
  );
});

Deno.test("a day is as long as it is in its time zone", () => {
  const day = (date: string, tz: string) => {
    const { windows } = parseKpiExport({ date, tz }, NOW);
    return [new Date(windows[0]!.fromMs).toISOString(), windows.length / 60];
  };
  assert.deepEqual(day("2026-03-01", "UTC"), ["2026-03-01T00:00:00.000Z", 24]);
  assert.deepEqual(day("2026-03-29", "Europe/Berlin"), ["2026-03-28T23:00:00.000Z", 23]);
  assert.deepEqual(day("2026-10-25", "Europe/Berlin"), ["2026-10-24T22:00:00.000Z", 25]);
  assert.deepEqual(day("2026-03-01", "Asia/Kathmandu"), ["2026-02-28T18:15:00.000Z", 24]);
});

Deno.test("without a date it is today, where the time zone is", () => {
  assert.equal(parseKpiExport({}, NOW).date, "2026-03-01");
  assert.equal(parseKpiExport({ tz: "Asia/Tokyo" }, NOW).date, "2026-03-02");
});
