import { simulate } from "./simulation.ts";
import { MinuteFold, START } from "@countinghouse/core";
import { GuardedMinuteStore } from "./guarded_minute_store.ts";
const o = await simulate(Number(Deno.args[0]));
console.log(o.settings, o.records.map((r) => r.length));
for (const [p, all] of o.records.entries()) {
  const fold = new MinuteFold(p, o.settings.fold);
  const end = all.length as any;
  const batch = { partition: p, records: all, from: START, through: end, end };
  fold.needs(batch);
  fold.apply(batch);
  const c = fold.take(true);
  const st = new GuardedMinuteStore();
  await st.write({ partition: p, through: end, end, change: c }, { pass: async () => {}, onStale() {} });
  for (const [k, d] of st.documents) {
    const f = o.store.documents.get(k);
    if (f && f.bytes.length === d.bytes.length && f.bytes.every((b, i) => b === d.bytes[i])) continue;
    console.log(
      k,
      "\nfound   ",
      JSON.stringify(o.store.document(k)),
      "\nexpected",
      JSON.stringify(st.document(k)),
    );
    const from = Math.max(0, ((st.document(k) as any).through) - 6);
    const fu = (o.store.document(k) as any)?.through ?? 0;
    for (const at of [fu - 1, d.through - 1]) {
      console.log(
        at,
        new Date(all[at]!.appendTimeMs).toISOString(),
        new TextDecoder().decode(all[at]!.value!),
      );
    }
  }
}
