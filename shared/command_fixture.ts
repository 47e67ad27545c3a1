/** What a command answered. */
export interface CommandAnswer {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs a command as a process of its own, in a folder without a stack, and with no engine in its environment.
 *
 * @param main The module to run.
 * @param files Names and texts of what is in the folder.
 */
export async function runWithoutStack(
  main: URL,
  args: readonly string[],
  files: Readonly<Record<string, string>> = {},
): Promise<CommandAnswer> {
  const folder = await Deno.makeTempDir();
  try {
    for (const [name, content] of Object.entries(files)) {
      await Deno.writeTextFile(`${folder}/${name}`, content);
    }
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--allow-all", main.pathname, ...args],
      cwd: folder,
      env: { KAFKA_BOOTSTRAP_SERVERS: "", MONGO_URI: "", CLICKHOUSE_URL: "", DATA_DIR: folder },
      stdin: "null",
    }).output();
    return { code, stdout: new TextDecoder().decode(stdout), stderr: new TextDecoder().decode(stderr) };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
