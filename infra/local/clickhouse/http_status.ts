/**
 * Exception code -> HTTP status, as in ClickHouse's `exceptionCodeToHTTPStatus`. Every other code is a 500.
 */
const STATUS: ReadonlyMap<number, number> = new Map([
  ...each(401, [194]),
  ...each(403, [192, 193, 497, 512, 516]),
  ...each(400, [6, 8, 15, 25, 26, 27, 36, 37, 38, 41, 44, 53, 62, 72, 117, 123, 167, 168, 223, 321]),
  ...each(400, [376, 427, 441, 675, 676]),
  ...each(404, [46, 47, 50, 56, 60, 63, 73, 78, 81, 115, 152, 336, 511]),
  ...each(408, [159]),
  ...each(411, [381]),
  ...each(413, [229]),
  ...each(415, [779]),
  ...each(501, [48]),
  ...each(503, [76, 209, 439]),
]);

function each(status: number, codes: readonly number[]): [number, number][] {
  return codes.map((code) => [code, status]);
}

/** The HTTP status that ClickHouse answers with for an exception code. */
export function httpStatus(exceptionCode: number): number {
  return STATUS.get(exceptionCode) ?? 500;
}
