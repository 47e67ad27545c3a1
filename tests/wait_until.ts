/** How often a condition is looked at. */
const POLL_MS = 50;

/**
 * Waits until a check answers something other than undefined or false, and answers that. A check that throws is
 * tried again; its error is part of the message if it never succeeds.
 *
 * @throws {Error} when the deadline passes first.
 */
export async function waitUntil<T>(
  what: string,
  deadlineMs: number,
  check: () => T | undefined | false | Promise<T | undefined | false>,
): Promise<T> {
  const endMs = performance.now() + deadlineMs;
  let lastError: unknown;
  while (performance.now() < endMs) {
    try {
      const answer = await check();
      if (answer !== undefined && answer !== false) return answer;
      lastError = undefined;
    } catch (error) {
      lastError = error;
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  throw new Error(`Cannot see ${what} within ${deadlineMs} ms`, { cause: lastError });
}
