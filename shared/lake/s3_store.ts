import { AwsClient } from "aws4fetch";
import type { ObjectStore, StoredObject } from "./object_store.ts";

/** How an S3 service is reached. */
export interface S3Access {
  /** Where the service answers; undefined for Amazon's own. */
  readonly endpoint: string | undefined;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string | undefined;
}

/** An answer of an S3 service that says no; the message has its status and first words. */
export class S3Error extends Error {
  override name = "S3Error";
}

const REQUEST_TIMEOUT_MS = 30_000;
const RETRIES = 3;

/**
 * Reads the access from the variables that Amazon's own tools read: AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY,
 * AWS_SESSION_TOKEN, AWS_REGION ("us-east-1"), and AWS_ENDPOINT_URL_S3 or AWS_ENDPOINT_URL for another service.
 *
 * @throws {TypeError} when a key is missing.
 */
export function readS3Access(environment: (name: string) => string | undefined): S3Access {
  const required = (name: string) => {
    const value = environment(name);
    if (!value) {
      throw new TypeError(`Cannot open the lake in S3: the environment variable ${name} is not set`);
    }
    return value;
  };
  return {
    endpoint: environment("AWS_ENDPOINT_URL_S3") || environment("AWS_ENDPOINT_URL") || undefined,
    region: environment("AWS_REGION") || environment("AWS_DEFAULT_REGION") || "us-east-1",
    accessKeyId: required("AWS_ACCESS_KEY_ID"),
    secretAccessKey: required("AWS_SECRET_ACCESS_KEY"),
    sessionToken: environment("AWS_SESSION_TOKEN") || undefined,
  };
}

/** The address of a bucket's objects: in the path at another service, in the host at Amazon's. */
export function bucketUrl(
  bucket: string,
  { endpoint, region }: Pick<S3Access, "endpoint" | "region">,
): string {
  return endpoint === undefined
    ? `https://${bucket}.s3.${region}.amazonaws.com`
    : `${endpoint.replace(/\/+$/, "")}/${bucket}`;
}

/**
 * A lake in a bucket of S3, or of a service that has its protocol with `If-None-Match: *`, which commits stand on.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations.html
 */
export class S3Store implements ObjectStore {
  readonly #client: AwsClient;
  readonly #bucket: string;
  readonly #bucketUrl: string;
  readonly #prefix: string;

  /** @param address `s3://bucket/prefix`. */
  constructor(address: string, access: S3Access) {
    const { host, pathname } = new URL(address);
    const { accessKeyId, secretAccessKey, sessionToken, region } = access;
    this.#bucket = host;
    this.#bucketUrl = bucketUrl(host, access);
    const prefix = decodeURIComponent(pathname).replace(/^\/+|\/+$/g, "");
    this.#prefix = prefix === "" ? "" : `${prefix}/`;
    this.#client = new AwsClient({
      accessKeyId,
      secretAccessKey,
      ...(sessionToken === undefined ? {} : { sessionToken }),
      region,
      service: "s3",
      retries: RETRIES,
    });
  }

  async read(key: string): Promise<Uint8Array | undefined> {
    const response = await this.#ask("GET", this.#urlOf(key), [404]);
    return response.status === 404 ? void await response.body?.cancel() : await response.bytes();
  }

  async create(key: string, bytes: Uint8Array): Promise<boolean> {
    const headers = { "if-none-match": "*", "content-type": "application/octet-stream" };
    // 409: somebody else creates it at this moment, and wins or not; the next attempt tells.
    for (;;) {
      const response = await this.#ask("PUT", this.#urlOf(key), [412, 409], headers, bytes);
      await response.body?.cancel();
      if (response.status !== 409) return response.ok;
    }
  }

  async move(from: string, to: string): Promise<void> {
    const source = encodePath(`${this.#bucket}/${this.#prefix}${from}`);
    const response = await this.#ask("PUT", this.#urlOf(to), [404], { "x-amz-copy-source": `/${source}` });
    const answer = await response.text();
    if (!response.ok) return;
    // A copy that fails under way says so behind a status of 200.
    if (answer.includes("<Error>")) {
      throw new S3Error(`Cannot copy ${from} to ${to}: ${answer.slice(0, 200)}`);
    }
    await this.remove(from);
  }

  async remove(key: string): Promise<void> {
    await (await this.#ask("DELETE", this.#urlOf(key), [404])).body?.cancel();
  }

  async *list(prefix: string): AsyncGenerator<StoredObject> {
    for (let token = "", more = true; more;) {
      const url = new URL(this.#bucketUrl);
      url.search = new URLSearchParams({
        "list-type": "2",
        prefix: this.#prefix + prefix,
        ...(token === "" ? {} : { "continuation-token": token }),
      }).toString();
      const page = await (await this.#ask("GET", url.href, [])).text();
      for (const [, object = ""] of page.matchAll(/<Contents>(.*?)<\/Contents>/gs)) {
        yield {
          key: element(object, "Key").slice(this.#prefix.length),
          bytes: Number(element(object, "Size")),
          writtenMs: Date.parse(element(object, "LastModified")),
        };
      }
      token = element(page, "NextContinuationToken");
      more = element(page, "IsTruncated") === "true";
    }
  }

  #urlOf(key: string): string {
    return `${this.#bucketUrl}/${encodePath(this.#prefix + key)}`;
  }

  /** @throws {S3Error} for any answer that is neither a success nor expected. */
  async #ask(
    method: string,
    url: string,
    expected: readonly number[],
    headers: Readonly<Record<string, string>> = {},
    body?: Uint8Array,
  ): Promise<Response> {
    const response = await this.#client.fetch(url, {
      method,
      headers,
      signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
      ...(body === undefined ? {} : { body: body as BodyInit }),
    });
    if (response.ok || expected.includes(response.status)) return response;
    const words = (await response.text()).slice(0, 300);
    throw new S3Error(`Cannot ${method} ${url}: S3 answers ${response.status} ${words}`);
  }
}

/** An object's key as the path of a URL: everything but what RFC 3986 leaves alone is encoded, "%" too. */
function encodePath(key: string): string {
  return key.split("/").map((part) =>
    encodeURIComponent(part).replaceAll(
      /[!'()*]/g,
      (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
    )
  ).join("/");
}

/** The text of an element of XML without attributes, as S3 writes it; "" where there is none. */
function element(xml: string, name: string): string {
  const text = new RegExp(`<${name}>(.*?)</${name}>`, "s").exec(xml)?.[1] ?? "";
  return text.replaceAll(
    /&(lt|gt|quot|apos|amp|#(\d+));/g,
    (_, entity: string, code: string) =>
      code !== undefined ? String.fromCodePoint(Number(code)) : ENTITIES[entity] ?? "",
  );
}

const ENTITIES: Readonly<Record<string, string>> = { lt: "<", gt: ">", quot: '"', apos: "'", amp: "&" };
