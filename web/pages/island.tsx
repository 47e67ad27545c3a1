import type { ComponentType } from "preact";
import type { IslandProps, LiveMinutes } from "../islands/live_minutes.ts";
import type { IslandName } from "../islands/registry.ts";

/** Renders an island's component on the server, where the client will find and hydrate it. */
export function Island({ name, component: Component, live }: {
  readonly name: IslandName;
  readonly component: ComponentType<IslandProps>;
  readonly live: LiveMinutes;
}) {
  return (
    <div data-island={name}>
      <Component live={live} />
    </div>
  );
}
