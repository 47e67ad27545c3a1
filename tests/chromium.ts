/** Names that a Chromium goes by on PATH, the plain ones first. */
const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];

/** Where Debian's package puts it. */
const DEBIAN_CHROMIUM = "/usr/bin/chromium";

/** Where an executable lies inside a browser folder of playwright's cache. */
const INSIDE_PLAYWRIGHT = [
  "chrome-linux/chrome",
  "chrome-linux64/chrome",
  "chrome-mac/Chromium.app/Contents/MacOS/Chromium",
  "chrome-mac-arm64/Chromium.app/Contents/MacOS/Chromium",
];

/** There is no Chromium, and none could be installed; the message says what to do. */
export class NoChromiumError extends Error {
  override name = "NoChromiumError";
}

/** What is asked of the machine; tests put one in that has what they say. */
export interface Machine {
  readonly environment: (name: string) => string | undefined;
  /** The names in a folder; none where there is no such folder. */
  readonly list: (folder: string) => Promise<string[]>;
  /** True when the program starts and ends well. */
  readonly succeeds: (program: string, args: readonly string[]) => Promise<boolean>;
  readonly isRoot: () => boolean;
}

/**
 * The path of a Chromium that runs: the one that CHROMIUM_PATH names, else one on PATH, else one of playwright's,
 * else, as root on a Debian-like machine, the distribution's own package.
 *
 * @throws {NoChromiumError} when none of these gives one.
 */
export async function ensureChromium(
  say: (line: string) => void,
  machine: Machine = thisMachine,
): Promise<string> {
  const runs = (program: string) => machine.succeeds(program, ["--version"]);
  const named = machine.environment("CHROMIUM_PATH");
  if (named) {
    if (await runs(named)) return named;
    throw new NoChromiumError(`Cannot run CHROMIUM_PATH as a browser: current value is ${named}`);
  }
  for (const candidate of [...onPath(machine), ...await playwrightBrowsers(machine)]) {
    if (await runs(candidate)) return candidate;
  }
  if (machine.isRoot() && await machine.succeeds("apt-get", ["--version"])) {
    say("no Chromium here; installing the distribution's package (apt-get install chromium)");
    const installed = await machine.succeeds("apt-get", ["update", "-qq"]) &&
      await machine.succeeds("apt-get", ["install", "-y", "-qq", "--no-install-recommends", "chromium"]);
    if (installed && await runs(DEBIAN_CHROMIUM)) return DEBIAN_CHROMIUM;
  }
  throw new NoChromiumError(
    "Cannot find a Chromium, which the tests in tests/browser drive to see the dashboard as a visitor does. " +
      "Install one (Debian: apt-get install chromium; macOS: brew install --cask chromium; anywhere: " +
      "npx playwright install --with-deps chromium), or set CHROMIUM_PATH to one, or leave the tests that " +
      "need engines and a browser out with `deno task test --no-engines`",
  );
}

function onPath({ environment }: Machine): string[] {
  const folders = (environment("PATH") ?? "").split(":");
  return NAMES.flatMap((name) => folders.map((folder) => `${folder}/${name}`));
}

async function playwrightBrowsers({ environment, list }: Machine): Promise<string[]> {
  const home = environment("HOME") ?? "";
  const caches = [
    environment("PLAYWRIGHT_BROWSERS_PATH"),
    `${home}/.cache/ms-playwright`,
    `${home}/Library/Caches/ms-playwright`,
  ];
  const found: string[] = [];
  for (const cache of caches) {
    if (cache === undefined) continue;
    const newestFirst = (await list(cache)).filter((name) => name.startsWith("chromium-")).sort().reverse();
    found.push(...newestFirst.flatMap((name) => INSIDE_PLAYWRIGHT.map((path) => `${cache}/${name}/${path}`)));
  }
  return found;
}

const thisMachine: Machine = {
  environment: (name) => Deno.env.get(name),
  list: async (folder) => {
    try {
      return await Array.fromAsync(Deno.readDir(folder), ({ name }) => name);
    } catch {
      return [];
    }
  },
  succeeds: async (program, args) => {
    try {
      const env = { DEBIAN_FRONTEND: "noninteractive" };
      const command = new Deno.Command(program, { args: [...args], env, stdout: "null", stderr: "null" });
      return (await command.output()).success;
    } catch {
      return false;
    }
  },
  isRoot: () => Deno.uid() === 0,
};
