import { simulate } from "./simulation.ts";
import { judge } from "./judgement.ts";
const [a, b] = Deno.args.map(Number);
const t0 = performance.now();
let lives = 0;
for (let s = a!; s <= b!; s++) {
  const o = await simulate(s);
  lives += o.journal.lines.filter((l) => l.includes("begins")).length;
  await judge(o).catch((e) => console.log("seed", s, String(e.message).slice(0, 1500)));
}
console.log("s", (performance.now() - t0) / 1000, "lives", lives);
