/** The parts of a minute document's `_id`, see {@link MinuteDocument}. A store's id may itself hold a slash. */
export function parseMinuteId(id: string): { minuteMs: number; partition: number; storeId: string } {
  const [minute = "", partition = "", ...store] = id.split("/");
  return { minuteMs: Date.parse(minute), partition: Number(partition), storeId: store.join("/") };
}
