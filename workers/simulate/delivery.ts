import { poison } from "./poison.ts";
import type { Schedule } from "./schedule.ts";
import { SeededRandom } from "./seeded_random.ts";
import type { Shop, SimulatedEvent } from "./shop.ts";

/** How long a disordered event is held back. */
const LEAST_HOLD_SECONDS = 0.1;
const MEAN_HOLD_SECONDS = 3;
const MOST_HOLD_SECONDS = 30;
/** A client that re-sends does so soon: a duplicate is of one of this many events sent last. */
const RECENT = 4_096;

/** What the network does to events, as shares (0 to 1) of everything sent. */
export interface Faults {
  /** Sent again, byte for byte. */
  readonly duplicates: number;
  /** Overtaken by later events, also of their own session. */
  readonly disorder: number;
  /** Spoilt copies that must be refused. */
  readonly poison: number;
}

/** A record in the order in which the shop sends them. */
export interface Delivery extends SimulatedEvent {
  /** When it is to be sent, milliseconds since the epoch. */
  readonly intendedMs: number;
  readonly kind: "event" | "duplicate" | "poison";
}

/**
 * Everything that a shop sends, in order: one record for each time of the schedule. No event gets lost: one that is
 * held back comes out before the schedule ends.
 */
export function* deliveries(
  shop: Shop,
  schedule: Schedule,
  faults: Faults,
  seed: number,
): Generator<Delivery, undefined> {
  const random = new SeededRandom("delivery", seed);
  const held = new Map<number, SimulatedEvent>();
  const recent: SimulatedEvent[] = [];
  let sent = 0;
  const times = schedule.times();

  const hold = (event: SimulatedEvent, earliest: number): boolean => {
    let slot = earliest;
    while (held.has(slot)) slot++;
    if (slot >= schedule.total) return false;
    held.set(slot, event);
    return true;
  };
  const holdSlots = () => {
    const seconds = LEAST_HOLD_SECONDS - Math.log(1 - random.unit()) * MEAN_HOLD_SECONDS;
    return Math.max(1, Math.round(Math.min(seconds, MOST_HOLD_SECONDS) * schedule.rate));
  };
  const fresh = (timeMs: number, slot: number): SimulatedEvent => {
    while (true) {
      const event = shop.next(timeMs);
      if (!random.chance(faults.disorder) || !hold(event, slot + holdSlots())) return event;
    }
  };

  for (let slot = 0; slot < schedule.total; slot++) {
    const next = times.next();
    if (next.done) return;
    const intendedMs = next.value;
    const due = held.get(slot);
    held.delete(slot);

    const dice = random.unit();
    const faulty = dice < faults.duplicates + faults.poison && recent.length > 0;
    if (faulty && (due === undefined || hold(due, slot + 1))) {
      const original = random.oneOf(recent);
      yield dice < faults.duplicates
        ? { ...original, intendedMs, kind: "duplicate" }
        : { key: original.key, value: poison(original.value, random), intendedMs, kind: "poison" };
      continue;
    }
    const { key, value } = due ?? fresh(intendedMs, slot);
    recent[sent++ % RECENT] = { key, value };
    yield { key, value, intendedMs, kind: "event" };
  }
}
