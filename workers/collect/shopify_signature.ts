const UTF8 = new TextEncoder();

/**
 * Whether Shopify has signed a webhook: X-Shopify-Hmac-Sha256 is the HMAC-SHA-256 of its body under the app's
 * secret, in base64. `crypto.subtle.verify` takes the same time wherever the two differ.
 */
export async function isSignedByShopify(
  body: Uint8Array<ArrayBuffer>,
  header: string | null,
  secret: string,
): Promise<boolean> {
  let signature: Uint8Array<ArrayBuffer>;
  try {
    signature = Uint8Array.fromBase64(header ?? "");
  } catch {
    return false;
  }
  const hmac = { name: "HMAC", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("raw", UTF8.encode(secret), hmac, false, ["verify"]);
  return await crypto.subtle.verify("HMAC", key, signature, body);
}
