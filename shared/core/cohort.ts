/**
 * What is known of the sessions of one store and minute in one partition. A session adds to the minute in which it
 * started, except for `lastSeen`, which counts it in the minute of its last event. All of it adds up over
 * partitions and minutes.
 */
export interface Cohort {
  /** Sessions that started. */
  started: number;
  /** Of those, sessions that took the first 1, 2, 3 and 4 funnel steps in order. */
  reached: [number, number, number, number];
  /** Of those, sessions of a single page view and nothing else. */
  bounced: number;
  /** Their events, page views and lengths, summed up. */
  events: number;
  pageViews: number;
  durationMs: number;
  /** Sessions whose last event so far lies in this minute, wherever they started. */
  lastSeen: number;
}

/** A minute without sessions. */
export function emptyCohort(): Cohort {
  return {
    started: 0,
    reached: [0, 0, 0, 0],
    bounced: 0,
    events: 0,
    pageViews: 0,
    durationMs: 0,
    lastSeen: 0,
  };
}

/** Adds two cohorts; neither is changed. */
export function mergeCohorts(a: Readonly<Cohort>, b: Readonly<Cohort>): Cohort {
  return {
    started: a.started + b.started,
    reached: [
      a.reached[0] + b.reached[0],
      a.reached[1] + b.reached[1],
      a.reached[2] + b.reached[2],
      a.reached[3] + b.reached[3],
    ],
    bounced: a.bounced + b.bounced,
    events: a.events + b.events,
    pageViews: a.pageViews + b.pageViews,
    durationMs: a.durationMs + b.durationMs,
    lastSeen: a.lastSeen + b.lastSeen,
  };
}
