const EVERY_MS = 2_000;

/** Tells how far something is every two seconds, however often it is called. */
export function progress<Told extends readonly unknown[]>(
  tell: (...told: Told) => void,
): (...told: Told) => void {
  let toldMs = performance.now();
  return (...told) => {
    if (performance.now() - toldMs < EVERY_MS) return;
    toldMs = performance.now();
    tell(...told);
  };
}
