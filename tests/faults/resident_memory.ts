/** The memory that a process has, in bytes, as `ps` tells it in KiB. */
export async function residentBytes(pid: number): Promise<number> {
  const { stdout } = await new Deno.Command("ps", { args: ["-o", "rss=", "-p", `${pid}`] }).output();
  return Number(new TextDecoder().decode(stdout)) * 1024;
}

/**
 * Watches the memory of a process for a while; answers its highest marks in the first and the second half of it. Where
 * it grows without bound, the second is above the first.
 */
export async function watchMemory(pid: number, durationMs: number): Promise<readonly [number, number]> {
  const startMs = performance.now();
  const most: [number, number] = [0, 0];
  for (;;) {
    const passedMs = performance.now() - startMs;
    if (passedMs >= durationMs) return most;
    const half = passedMs < durationMs / 2 ? 0 : 1;
    most[half] = Math.max(most[half], await residentBytes(pid));
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
