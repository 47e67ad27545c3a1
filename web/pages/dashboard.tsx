import Books from "../islands/books.tsx";
import LiveStatus from "../islands/live_status.tsx";
import type { LiveMinutes } from "../islands/live_minutes.ts";
import MinuteCharts from "../islands/minute_charts.tsx";
import Overview from "../islands/overview.tsx";
import { Island } from "./island.tsx";

/** The dashboard of a store. */
export function Dashboard({ live }: { readonly live: LiveMinutes }) {
  const { storeId } = live.state;
  return (
    <>
      <a class="skip" href="#main">Skip to the numbers</a>
      <header class="page-head">
        <h1>
          <Mark /> Countinghouse {storeId !== "default" && <span class="store">{storeId}</span>}
        </h1>
        <Island name="live_status" component={LiveStatus} live={live} />
      </header>
      <noscript>
        <p class="notice">Without JavaScript this page doesn't move: reload it for newer numbers.</p>
      </noscript>
      <main id="main">
        <Island name="overview" component={Overview} live={live} />
        <Island name="minute_charts" component={MinuteCharts} live={live} />
      </main>
      <footer class="page-foot">
        <Island name="books" component={Books} live={live} />
      </footer>
    </>
  );
}

/** A tally of five. */
function Mark() {
  return (
    <svg class="mark" viewBox="0 0 32 32" aria-hidden="true">
      <path d="M7 7v18M13 7v18M19 7v18M25 7v18M3 22 29 10" />
    </svg>
  );
}
