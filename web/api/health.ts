import { Hono } from "hono";
import { withDeadline } from "./deadline.ts";

/** How long a part may take to answer before it counts as failed. */
const DEADLINE_MS = 3_000;

/** Asks one part whether it works. Answers figures worth seeing; throws, with the reason, when it doesn't. */
export type HealthCheck = () => Promise<Readonly<Record<string, string | number | null>>>;

/** What a check found. */
export interface DependencyHealth {
  readonly status: "ok" | "failed";
  readonly latency_ms: number;
  readonly reason?: string;
  readonly [figure: string]: string | number | null | undefined;
}

/** `/health`: 200 when every part works, 503 when any doesn't. */
export function healthRoute(checks: Readonly<Record<string, HealthCheck>>, now: () => number): Hono {
  return new Hono().get("/health", async (c) => {
    const found = await Promise.all(
      Object.entries(checks).map(async ([name, check]) => [name, await runCheck(check)] as const),
    );
    const isOk = found.every(([, { status }]) => status === "ok");
    c.header("cache-control", "no-store");
    return c.json({
      status: isOk ? "ok" : "failed",
      time: new Date(now()).toISOString(),
      dependencies: Object.fromEntries(found),
    }, isOk ? 200 : 503);
  });
}

async function runCheck(check: HealthCheck): Promise<DependencyHealth> {
  const begin = performance.now();
  const latency = () => Math.round((performance.now() - begin) * 10) / 10;
  try {
    const figures = await withDeadline(check(), DEADLINE_MS);
    return { status: "ok", latency_ms: latency(), ...figures };
  } catch (error) {
    return { status: "failed", latency_ms: latency(), reason: (error as Error).message };
  }
}
