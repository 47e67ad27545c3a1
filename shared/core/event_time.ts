/** When something happened at the shop, in milliseconds since the epoch, UTC. */
export type EventTimeMs = number & { readonly __brand: "EventTimeMs" };
