import { readBody } from "./upload.ts";

/**
 * The fields of a multipart body, which is how a client sends parameters that are too long for an address;
 * undefined where the body is not a form.
 */
export async function readForm(
  request: Request,
  limitBytes: number,
): Promise<ReadonlyMap<string, string> | undefined> {
  const type = request.headers.get("content-type") ?? "";
  if (!type.startsWith("multipart/form-data")) return undefined;
  const form = await new Response(readBody(request, limitBytes), { headers: { "content-type": type } })
    .formData();
  const fields = new Map<string, string>();
  for (const [name, value] of form) fields.set(name, typeof value === "string" ? value : await value.text());
  return fields;
}
