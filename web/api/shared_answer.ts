/** Lets many who ask within a short time share one answer. A failure is not kept. */
export function shareAnswer<T>(ask: () => Promise<T>, maxAgeMs: number, now: () => number): () => Promise<T> {
  let answer: Promise<T> | undefined;
  let askedMs = -Infinity;
  return () => {
    if (answer === undefined || now() - askedMs > maxAgeMs) {
      askedMs = now();
      const asked = answer = ask();
      asked.catch(() => {
        if (answer === asked) answer = undefined;
      });
    }
    return answer;
  };
}
