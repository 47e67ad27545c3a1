/**
 * Waits for an answer, but no longer than a deadline.
 *
 * @throws what the answer throws, or an error that says how long was waited.
 */
export async function withDeadline<T>(answer: Promise<T>, deadlineMs: number): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error(`no answer within ${deadlineMs} ms`)), deadlineMs);
  try {
    return await Promise.race([answer, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
