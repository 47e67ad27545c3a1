import { deepEqual, equal } from "node:assert/strict";
import { tally } from "./junit.ts";

/** As Deno 2.9.6 writes it. */
const REPORT = `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="deno test" tests="6" failures="1" errors="1" time="0.079">
    <testsuite name="./a_test.ts" tests="5" disabled="1" errors="0" failures="1">
        <testcase name="adds &lt;&amp;&gt; &quot;q&quot;" classname="./a_test.ts" time="0.001" line="2" col="6">
        </testcase>
        <testcase name="fails" classname="./a_test.ts" time="0.001" line="3" col="6">
            <failure message="Uncaught Error: no &lt;b&gt;">Error: no &lt;b&gt;
    at file:///a_test.ts:3:34</failure>
        </testcase>
        <testcase name="ignored" classname="./a_test.ts" time="0.000" line="4" col="6">
            <skipped/>
        </testcase>
        <testcase name="adds &lt;&amp;&gt; &quot;q&quot; &gt; step one" classname="./a_test.ts" time="0.000">
        </testcase>
    </testsuite>
    <testsuite name="./c_test.ts" tests="1" disabled="0" errors="1" failures="0">
        <testcase name="slow" classname="./c_test.ts" time="0.000" line="1" col="6">
            <error message="Cancelled"/>
        </testcase>
    </testsuite>
</testsuites>`;

Deno.test("tests are counted, their steps are not", () => {
  equal(tally(REPORT, ["a_test.ts", "c_test.ts"]).passed, 1);
});

Deno.test("failed, ignored and cancelled tests have failed", () => {
  deepEqual(tally(REPORT, ["a_test.ts", "c_test.ts"]).failures, [
    "a_test.ts: fails: Uncaught Error: no <b>",
    "a_test.ts: ignored: ignored",
    "c_test.ts: slow: Cancelled",
  ]);
});

Deno.test("a file that is not in the report has failed", () => {
  const { failures } = tally(REPORT, ["a_test.ts", "broken_test.ts", "c_test.ts"]);
  equal(failures.length, 4);
  equal(failures.at(-1), "broken_test.ts: did not run");
});

Deno.test("without a report, every file has failed", () => {
  deepEqual(tally("", ["a_test.ts", "b_test.ts"]), {
    passed: 0,
    failures: ["a_test.ts: did not run", "b_test.ts: did not run"],
  });
});
