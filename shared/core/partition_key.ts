const UTF8 = new TextEncoder();

/**
 * The key of an event's record: store and user, in UTF-8. Every producer uses this one, so that all events of a user,
 * and with them all events of a session, are in one partition. Two users who share a key, as "a/b" of store "c" and
 * "b" of store "c/a" do, merely share a partition.
 */
export function partitionKey(storeId: string, userId: string): Uint8Array {
  return UTF8.encode(`${storeId}/${userId}`);
}
