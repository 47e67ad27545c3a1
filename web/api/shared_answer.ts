/** An answer is kept for at least so many times as long as it took, so that asking takes 5 % of the time at most. */
const KEPT_PER_TAKEN = 20;

/**
 * Lets many who ask within a short time share one answer: for so long, and longer where the answer takes long. A
 * failure is not kept.
 */
export function shareAnswer<T>(ask: () => Promise<T>, maxAgeMs: number, now: () => number): () => Promise<T> {
  let answer: Promise<T> | undefined;
  let goodUntilMs = -Infinity;
  return () => {
    if (answer === undefined || now() > goodUntilMs) {
      const askedMs = now();
      goodUntilMs = Infinity;
      const asked = answer = ask();
      asked.then(
        () => goodUntilMs = askedMs + Math.max(maxAgeMs, KEPT_PER_TAKEN * (now() - askedMs)),
        () => answer = undefined,
      );
    }
    return answer;
  };
}
