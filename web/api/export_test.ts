import assert from "node:assert/strict";
import { NOW, testApp } from "../app_fixture.ts";
import { textEvents } from "../export_fixture.ts";
import { kpiMinute } from "../kpi_fixture.ts";

const LINES = ["row 0", "row 1", "row 2", "row 3", "row 4"];
const exporting = (lines = LINES) => testApp([], { exportedEvents: textEvents(lines) });

Deno.test("/export/events is a file for download, of all rows, with a header in CSV", async () => {
  using app = exporting();
  const response = await app.get("/export/events?start_time=2026-03-01&end_time=2026-03-02&store_id=a/b");
  assert.equal(response.status, 200);
  assert.equal(response.headers.get("content-type"), "text/csv; charset=utf-8");
  assert.equal(
    response.headers.get("content-disposition"),
    'attachment; filename="events_a_b_20260301T000000Z_20260302T000000Z.csv"',
  );
  const [header, rows] = (await response.text()).split("\r\n");
  assert.match(header!, /^"event_id","event_type","event_time",.*"partition","offset"$/);
  assert.equal(rows, "row 0\nrow 1\nrow 2\nrow 3\nrow 4\n");
});

Deno.test("CSV without a header, to be appended; with a byte order mark, for Excel", async () => {
  using app = exporting(["row 0"]);
  assert.equal(await (await app.get("/export/events?header=false")).text(), "row 0\n");
  const bytes = await (await app.get("/export/events?header=false&bom=true")).bytes();
  assert.deepEqual([...bytes.subarray(0, 4)], [0xef, 0xbb, 0xbf, 0x72]);
});

Deno.test("each format asks the warehouse for its own", async () => {
  const asked: Record<string, string> = {};
  for (const format of ["csv", "ndjson", "json"]) {
    const seen: Parameters<typeof textEvents>[1] = {};
    using app = testApp([], { exportedEvents: textEvents(LINES, seen) });
    await (await app.get(`/export/events?format=${format}`)).text();
    asked[format] = seen.format!;
  }
  assert.deepEqual(asked, { csv: "CSV", ndjson: "JSONEachRow", json: "JSONEachRow" });
});

Deno.test("pages follow each other by a cursor that is known before the first row; the last has none", async () => {
  using app = exporting();
  const pages: string[] = [];
  let path: string | undefined = "/export/events?limit=2&header=false";
  while (path !== undefined) {
    const response = await app.get(path);
    pages.push(await response.text());
    const cursor = response.headers.get("x-next-cursor");
    const link = response.headers.get("link");
    assert.equal(link === null, cursor === null);
    path = link === null ? undefined : /^<(.*)>; rel="next"$/.exec(link)![1]!;
    if (path !== undefined) assert.equal(new URL(path, "http://x").searchParams.get("cursor"), cursor);
  }
  assert.deepEqual(pages, ["row 0\nrow 1\n", "row 2\nrow 3\n", "row 4\n"]);
});

Deno.test("a page that ends with the last row has no next one", async () => {
  using app = exporting(["row 0", "row 1"]);
  const response = await app.get("/export/events?limit=2");
  assert.equal(response.headers.get("link"), null);
  await response.body?.cancel();
});

Deno.test("a download that broke off goes on behind the last row that arrived, out of the same log", async () => {
  using app = exporting();
  const broken = await app.get("/export/events");
  const asOf = broken.headers.get("x-as-of");
  assert.equal(asOf, "0-5");
  await broken.body!.cancel();
  const rest = await app.get(`/export/events?header=false&after=2026-03-01T12:00:00.000Z,0,2&as_of=${asOf}`);
  assert.equal(await rest.text(), "row 3\nrow 4\n");
  const earlier = await app.get("/export/events?header=false&as_of=0-2");
  assert.equal(await earlier.text(), "row 0\nrow 1\n");
});

Deno.test("asking for the head of an export tells the same headers and reads nothing", async () => {
  const seen: Parameters<typeof textEvents>[1] = {};
  using app = testApp([], { exportedEvents: textEvents(LINES, seen) });
  const response = await app.get("/export/events?limit=2&format=ndjson", { method: "HEAD" });
  assert.equal(response.headers.get("content-type"), "application/x-ndjson; charset=utf-8");
  assert.ok(response.headers.get("x-next-cursor"));
  assert.equal(seen.format, undefined);
});

Deno.test("text is compressed for who can take it, Parquet is so already", async () => {
  using app = testApp([kpiMinute({ startMs: NOW })]);
  const encodingOf = async (path: string) => {
    const response = await app.get(path, { headers: { "accept-encoding": "gzip" } });
    await response.body?.cancel();
    return response.headers.get("content-encoding");
  };
  assert.equal(await encodingOf("/export/events?format=csv"), "gzip");
  assert.equal(await encodingOf("/export/events?format=ndjson"), "gzip");
  assert.equal(await encodingOf("/export/kpis?date=2026-03-01&format=parquet"), null);
});

Deno.test("a warehouse that is away is a 503, not a file", async () => {
  const away = () => Promise.reject(new Error("connect ECONNREFUSED"));
  const events = { ...textEvents(LINES), slices: () => ({ [Symbol.asyncIterator]: () => ({ next: away }) }) };
  for (const exportedEvents of [{ ...events, heads: away }, events]) {
    using app = testApp([], { exportedEvents });
    const response = await app.get("/export/events");
    assert.equal(response.status, 503);
    assert.equal(response.headers.get("content-type"), "application/problem+json");
  }
});

Deno.test("a failure in mid-stream breaks the answer off and is logged", async () => {
  const errors: string[] = [];
  const events = {
    ...textEvents(LINES),
    async *slices() {
      yield ReadableStream.from([new TextEncoder().encode("row 0\n")]);
      await Promise.resolve();
      throw new Error("the query was killed");
    },
  };
  using app = testApp([], {
    exportedEvents: events,
    logger: { debug() {}, info() {}, warn() {}, error: (sentence) => errors.push(sentence) },
  });
  await using server = Deno.serve({ port: 0, onListen() {} }, () => app.get("/export/events"));
  const response = await fetch(`http://127.0.0.1:${server.addr.port}`);
  assert.equal(response.status, 200);
  await assert.rejects(response.text());
  assert.deepEqual(errors, ["Cannot finish /export/events: the query was killed"]);
});

Deno.test("only a few exports of events at a time; an end makes place for the next", async () => {
  using app = exporting();
  const open = await Promise.all(Array.from({ length: 4 }, () => app.get("/export/events")));
  const refused = await app.get("/export/events");
  assert.equal(refused.status, 503);
  assert.match((await refused.json()).detail, /4 exports under way/);
  await open[0]!.body!.cancel();
  const next = await app.get("/export/events");
  assert.equal(next.status, 200);
  await Promise.all([next, ...open.slice(1)].map((response) => response.body!.cancel()));
});

Deno.test("/export/kpis is the minutes of a day where the time zone is", async () => {
  const at = (time: string) => kpiMinute({ startMs: Date.parse(time) });
  const days = [at("2026-03-28T23:00:00Z"), at("2026-03-29T21:59:00Z"), at("2026-03-29T22:00:00Z")];
  using app = testApp(days);
  const response = await app.get("/export/kpis?date=2026-03-29&tz=Europe/Berlin&format=json");
  assert.equal(
    response.headers.get("content-disposition"),
    'attachment; filename="kpis_default_2026-03-29.json"',
  );
  const found = await response.json();
  assert.deepEqual(found.map(({ window_start }: { window_start: string }) => window_start), [
    "2026-03-28T23:00:00.000Z",
    "2026-03-29T21:59:00.000Z",
  ]);
});

Deno.test("a day without data is an empty file, a wrong one a problem", async () => {
  using app = testApp();
  assert.equal(await (await app.get("/export/kpis?date=2020-01-01&format=json")).text(), "[]");
  const response = await app.get("/export/kpis?date=tomorrow");
  assert.equal(response.status, 400);
  assert.deepEqual((await response.json()).errors.map(({ parameter }: { parameter: string }) => parameter), [
    "date",
  ]);
});
