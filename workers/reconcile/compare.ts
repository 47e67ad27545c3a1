/**
 * `deno task reconcile`: compares minutes in all three stores, for people.
 *
 * @module
 */
import { createColdStore } from "@countinghouse/cold";
import { openHotStore } from "@countinghouse/hot";
import { openLake } from "@countinghouse/lake";
import { runCommand } from "@countinghouse/shared/command";
import { loadSettings } from "@countinghouse/shared/config";
import { loadEndpoints } from "@countinghouse/shared/endpoints";
import { compareRange } from "./compare_range.ts";
import { HEADING, minuteLine, verdictOn } from "./compared_minute.ts";
import { LakeSource } from "./lake_source.ts";
import { type Comparison, HELP, parseCommand } from "./options.ts";
import { reconcileRules } from "./reconcile_rules.ts";
import { WarehouseSource } from "./warehouse_source.ts";

const DIFFERS = 2;

async function compare({ onlyDiffering, ...range }: Comparison): Promise<number> {
  const settings = loadSettings();
  const { mongoUri, clickhouseUrl, lakeUrl } = loadEndpoints(settings);
  const rules = reconcileRules(settings);
  const hot = openHotStore(mongoUri);
  const cold = createColdStore(clickhouseUrl);
  const tally = { equal: 0, differs: 0, "not final": 0 };
  try {
    const stores = {
      database: hot.database,
      cold,
      warehouse: new WarehouseSource(cold, rules.sessionTimeoutMs),
      lake: new LakeSource(openLake(lakeUrl), cold, settings.rollup.maxSkewMs),
      rules,
    };
    console.log(HEADING);
    for await (const minute of compareRange(stores, range, Date.now())) {
      const verdict = verdictOn(minute);
      tally[verdict.what]++;
      if (!onlyDiffering || verdict.what === "differs") console.log(minuteLine(minute, verdict));
    }
  } finally {
    await hot.close();
    await cold.close();
  }
  const pending = tally["not final"] === 0
    ? ""
    : `, ${tally["not final"]} not final or not in every store yet`;
  console.log(
    `${tally.equal} minutes equal in MongoDB = ClickHouse = Parquet, ${tally.differs} differ${pending}`,
  );
  return tally.differs === 0 ? 0 : DIFFERS;
}

await runCommand(async () => {
  const command = parseCommand(Deno.args);
  if (command !== "help") return await compare(command);
  console.log(HELP);
  return 0;
}, 1);
