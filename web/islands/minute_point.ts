import type { KpiWindow, Status } from "@countinghouse/core";
import { type CurrencyCode, currencyDigits } from "@countinghouse/core/money";

/** How many minutes the dashboard looks back, the current one included. */
export const SHOWN_MINUTES = 60;

/** What the dashboard shows of a minute. */
export interface MinutePoint {
  readonly startMs: number;
  readonly status: Status;
  readonly sessions: number;
  readonly users: number;
  readonly orders: number;
  readonly addToCarts: number;
  /** Net revenue in the smallest unit of the reporting currency. */
  readonly revenueMinor: number;
}

/** A minute of the API as a point. */
export function toPoint({ window_start, status, metrics }: KpiWindow): MinutePoint {
  const digits = metrics.currency === null ? 0 : currencyDigits(metrics.currency as CurrencyCode);
  return {
    startMs: Date.parse(window_start),
    status,
    sessions: metrics.sessions,
    users: metrics.unique_users,
    orders: metrics.purchases,
    addToCarts: metrics.add_to_carts,
    // The API's decimal is the exact amount divided once, so rounding brings the exact amount back.
    revenueMinor: Math.round(metrics.revenue * 10 ** digits),
  };
}

/** A minute in which nothing happened. */
export function emptyPoint(startMs: number): MinutePoint {
  return { startMs, status: "provisional", sessions: 0, users: 0, orders: 0, addToCarts: 0, revenueMinor: 0 };
}

/** Orders per session; undefined without a session. */
export function conversion(
  { orders, sessions }: Pick<MinutePoint, "orders" | "sessions">,
): number | undefined {
  return sessions === 0 ? undefined : orders / sessions;
}

/** Revenue per order, rounded half up to the smallest unit; undefined without an order. */
export function averageOrder(
  { orders, revenueMinor }: Pick<MinutePoint, "orders" | "revenueMinor">,
): number | undefined {
  return orders === 0 ? undefined : Math.sign(revenueMinor) * Math.round(Math.abs(revenueMinor) / orders);
}

/**
 * Several minutes in one. Money, orders and add-to-carts add up. Sessions and users don't (one who stays for ten
 * minutes is in each of them), so there it is the busiest minute that is told.
 */
export interface Summary {
  readonly revenueMinor: number;
  readonly orders: number;
  readonly addToCarts: number;
  readonly averageOrder: number | undefined;
  /** Mean over the minutes, each weighing as much as it has sessions. */
  readonly conversion: number | undefined;
  readonly mostSessions: number;
  readonly mostUsers: number;
  /** How many minutes are of each status. */
  readonly statuses: Readonly<Record<Status, number>>;
}

/** Summarises minutes. */
export function summarise(points: readonly MinutePoint[]): Summary {
  const sum = (of: (point: MinutePoint) => number) => points.reduce((total, point) => total + of(point), 0);
  const most = (of: (point: MinutePoint) => number) =>
    points.reduce((top, point) => Math.max(top, of(point)), 0);
  const revenueMinor = sum((point) => point.revenueMinor);
  const orders = sum((point) => point.orders);
  const statuses = { provisional: 0, final: 0, restated: 0 };
  for (const { status } of points) statuses[status]++;
  return {
    revenueMinor,
    orders,
    addToCarts: sum((point) => point.addToCarts),
    averageOrder: averageOrder({ orders, revenueMinor }),
    conversion: conversion({ orders, sessions: sum((point) => point.sessions) }),
    mostSessions: most((point) => point.sessions),
    mostUsers: most((point) => point.users),
    statuses,
  };
}
