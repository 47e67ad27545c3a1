/** Turns JSON, an object a line, into an array of them, however the lines are cut into chunks. */
export async function* jsonArray(lines: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let before = "[\n";
  for await (const chunk of lines) {
    const text = decoder.decode(chunk, { stream: true });
    if (text === "") continue;
    // A line break inside of a text is escaped in JSON, so each one here ends an object.
    const isWhole = text.endsWith("\n");
    yield before + (isWhole ? text.slice(0, -1) : text).replaceAll("\n", ",\n");
    before = isWhole ? ",\n" : "";
  }
  yield before === "[\n" ? "[]\n" : "\n]\n";
}
