import type { ComponentType } from "preact";
import type { IslandProps } from "./live_minutes.ts";

/** The parts of a page that come alive in the browser, each a chunk of its own that is loaded where it is used. */
export const ISLANDS = {
  overview: () => import("./overview.tsx"),
  minute_charts: () => import("./minute_charts.tsx"),
  live_status: () => import("./live_status.tsx"),
  books: () => import("./books.tsx"),
} satisfies Readonly<Record<string, () => Promise<{ default: ComponentType<IslandProps> }>>>;

/** The name of an island. */
export type IslandName = keyof typeof ISLANDS;
