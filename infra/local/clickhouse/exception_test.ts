import assert from "node:assert/strict";
import { EngineException, exceptionCode, exceptionFrame, exceptionText } from "./exception.ts";
import { httpStatus } from "./http_status.ts";

Deno.test("an exception reads as ClickHouse writes it", () => {
  const exception = new EngineException(62, "Syntax error: Empty query", "SYNTAX_ERROR");
  const text = exceptionText(exception, "26.7.2.1");
  assert.equal(
    text,
    "Code: 62. DB::Exception: Syntax error: Empty query. (SYNTAX_ERROR) (version 26.7.2.1)\n",
  );
  assert.equal(exceptionCode(text), 62);
});

Deno.test("an error from elsewhere becomes UNKNOWN_EXCEPTION and HTTP 500", () => {
  const text = exceptionText(new TypeError("boom"), "1");
  assert.equal(text, "Code: 1002. DB::Exception: boom. (UNKNOWN_EXCEPTION) (version 1)\n");
  assert.equal(httpStatus(exceptionCode(text)), 500);
});

Deno.test("the file of an upload and a repeated code are left out", () => {
  const error = new Error(
    "Code: 27. DB::Exception: Code: 27. DB::Exception: bad row: (in file/uri /some/where/x): more. (OOPS)",
  );
  assert.equal(exceptionText(error, "1"), "Code: 27. DB::Exception: bad row: more. (OOPS) (version 1)\n");
});

Deno.test("an exception in mid-stream is framed by its tag and its length in bytes", () => {
  const frame = new TextDecoder().decode(exceptionFrame("bööm", "0123456789abcdef"));
  assert.equal(
    frame,
    "\r\n__exception__\r\n0123456789abcdef\r\nbööm\n7 0123456789abcdef\r\n__exception__\r\n",
  );
});

Deno.test("codes have ClickHouse's HTTP status", () => {
  for (
    const [code, status] of [[60, 404], [62, 400], [516, 403], [194, 401], [159, 408], [229, 413], [
      241,
      500,
    ]] as const
  ) {
    assert.equal(httpStatus(code), status);
  }
});
