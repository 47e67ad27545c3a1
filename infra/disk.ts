const UNITS = ["B", "KB", "MB", "GB", "TB"] as const;

/** The size of all files below a folder, links not followed; 0 where there is no such folder. */
export async function directoryBytes(folder: string): Promise<number> {
  let bytes = 0;
  try {
    for await (const entry of Deno.readDir(folder)) {
      const path = `${folder}/${entry.name}`;
      bytes += entry.isDirectory ? await directoryBytes(path) : (await Deno.lstat(path)).size;
    }
  } catch (error) {
    // Files come and go under a running engine.
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return bytes;
}

/** "1.5 MB"; steps of 1,024. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1_024 && unit < UNITS.length - 1) {
    value /= 1_024;
    unit += 1;
  }
  return `${unit === 0 ? value : value.toFixed(1)} ${UNITS[unit]}`;
}
