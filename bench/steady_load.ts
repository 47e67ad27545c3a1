import type { Log } from "@countinghouse/log";
import { DEFAULT_FAULTS, simulate } from "@countinghouse/simulate/simulation";

const SEND_EVERY_MS = 20;

/** A simulated shop's events at a steady rate. */
export interface SteadyLoad {
  /** Stops, and waits for the broker to acknowledge what was sent. @throws what the broker refused. */
  stop(): Promise<void>;
}

/** Sends `rate` events a second, each when its time has come, however long the broker takes. */
export function startSteadyLoad(log: Log, topic: string, rate: number): SteadyLoad {
  const shop = simulate({
    seed: 1,
    storeId: "default",
    startMs: Date.now(),
    rate,
    rhythm: false,
    faults: DEFAULT_FAULTS,
  });
  let next = shop.next();
  const sending = new Set<Promise<void>>();
  const failure = Promise.withResolvers<never>();
  failure.promise.catch(() => {});
  const timer = setInterval(() => {
    const due = [];
    for (; !next.done && next.value.intendedMs <= Date.now(); next = shop.next()) {
      due.push({ key: next.value.key, value: next.value.value });
    }
    if (due.length === 0) return;
    const sent: Promise<void> = log.append(topic, due).catch(failure.reject).finally(() =>
      sending.delete(sent)
    );
    sending.add(sent);
  }, SEND_EVERY_MS);
  return {
    async stop() {
      clearInterval(timer);
      await Promise.race([Promise.all(sending), failure.promise]);
    },
  };
}
