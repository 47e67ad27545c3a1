import { type ByteSource, InputError } from "./input.ts";

/** A source to read, and how many bytes it has; undefined for a pipe. */
export interface OpenedSource {
  readonly source: ByteSource;
  readonly totalBytes: number | undefined;
}

/**
 * Opens a file, or standard input for "-".
 *
 * @throws {InputError} when there is no such file.
 */
export async function openSource(file: string): Promise<OpenedSource> {
  if (file === "-") return { source: Deno.stdin, totalBytes: undefined };
  try {
    const source = await Deno.open(file);
    const { isDirectory, isFile, size } = await source.stat();
    if (isDirectory) throw new InputError("it is a folder");
    return { source, totalBytes: isFile ? size : undefined };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) throw new InputError("there is no such file");
    if (error instanceof Deno.errors.PermissionDenied) throw new InputError("it may not be read");
    throw error;
  }
}
