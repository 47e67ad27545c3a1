/** Turns a user id into one that says nothing about the person: the same one for the same user of a store. */
export type Pseudonymise = (storeId: string, userId: string) => Promise<string>;

const UTF8 = new TextEncoder();

/**
 * Pseudonyms by HMAC-SHA-256 (RFC 2104) under a secret: without it nobody can tell whose they are, not even by trying
 * out ids. A user has another one in each store, so that stores can't be joined.
 */
export async function createPseudonymise(secret: string): Promise<Pseudonymise> {
  const hmac = { name: "HMAC", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("raw", UTF8.encode(secret), hmac, false, ["sign"]);
  return async (storeId, userId) => {
    const signature = await crypto.subtle.sign("HMAC", key, UTF8.encode(JSON.stringify([storeId, userId])));
    return new Uint8Array(signature).toBase64({ alphabet: "base64url", omitPadding: true });
  };
}
