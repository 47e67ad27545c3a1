import assert from "node:assert/strict";
import { prometheusText } from "./prometheus.ts";

Deno.test("metrics are written with help, type, labels and escapes", () => {
  const text = prometheusText([
    {
      name: "a_total",
      help: "Some.",
      type: "counter",
      samples: [{ value: 1 }, { labels: { x: 'q"\\\n' }, value: 2.5 }],
    },
    {
      name: "h",
      help: "How long.",
      type: "histogram",
      samples: [{ suffix: "_bucket", labels: { le: "+Inf" }, value: 3 }],
    },
  ]);
  assert.equal(
    text,
    `# HELP a_total Some.
# TYPE a_total counter
a_total 1
a_total{x="q\\"\\\\\\n"} 2.5
# HELP h How long.
# TYPE h histogram
h_bucket{le="+Inf"} 3
`,
  );
});
