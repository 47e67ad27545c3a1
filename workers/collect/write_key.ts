import { z } from "zod";

/** A write key as it is kept: its hash, never itself. */
export const storedKeySchema = z.strictObject({
  /** The beginning of the hash, by which people speak of the key. */
  id: z.string().regex(/^[0-9a-f]{8}$/),
  /** SHA-256 of the key's text, in hexadecimal. A key has 256 random bits, so that no slower hash is needed. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  /** The store whose events the key may send. */
  store_id: z.string().min(1),
  label: z.string().optional(),
  created_at: z.iso.datetime(),
  /** From then on the key is refused. */
  expires_at: z.iso.datetime().optional(),
});

/** See {@link storedKeySchema}. */
export type StoredKey = z.infer<typeof storedKeySchema>;

/** What a key starts with, so that a scanner for leaked secrets can tell one. */
const PREFIX = "chk_";
const KEY_BYTES = 32;

/** A new key. Its text is told once, to the person who asked for it. */
export async function createKey(
  { storeId, label, now }: {
    readonly storeId: string;
    readonly label?: string | undefined;
    readonly now: Date;
  },
): Promise<{ readonly text: string; readonly stored: StoredKey }> {
  const random = crypto.getRandomValues(new Uint8Array(KEY_BYTES));
  const text = PREFIX + random.toBase64({ alphabet: "base64url", omitPadding: true });
  const sha256 = await hashKey(text);
  const stored: StoredKey = {
    id: sha256.slice(0, 8),
    sha256,
    store_id: storeId,
    ...(label === undefined ? {} : { label }),
    created_at: now.toISOString(),
  };
  return { text, stored };
}

/** SHA-256 of a key's text, in hexadecimal. */
export async function hashKey(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return new Uint8Array(digest).toHex();
}

/** The key, ending at a time; a key that ends earlier by itself stays as it is. */
export function endKey(key: StoredKey, end: Date): StoredKey {
  if (key.expires_at !== undefined && Date.parse(key.expires_at) <= end.getTime()) return key;
  return { ...key, expires_at: end.toISOString() };
}

/** The keys that there are, of which any number may be valid at the same time. */
export class KeyRing {
  readonly #byHash: ReadonlyMap<string, StoredKey>;

  constructor(keys: readonly StoredKey[]) {
    this.#byHash = new Map(keys.map((key) => [key.sha256, key]));
  }

  /** True when there has never been a key: then nobody can be asked for one. */
  get isEmpty(): boolean {
    return this.#byHash.size === 0;
  }

  /**
   * The key with this text, if it is valid now. Found by its hash, so that the time that takes tells nothing about
   * the keys that there are.
   */
  async find(text: string, nowMs: number): Promise<StoredKey | undefined> {
    const key = this.#byHash.get(await hashKey(text));
    if (key?.expires_at !== undefined && Date.parse(key.expires_at) <= nowMs) return undefined;
    return key;
  }
}

/** Where the write keys come from. */
export interface KeyStore {
  /** The keys in force; asked for with every request, so the answer has to be at hand. */
  ring(): Promise<KeyRing>;
}
