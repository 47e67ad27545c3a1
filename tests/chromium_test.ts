import { deepEqual, equal, rejects } from "node:assert/strict";
import { ensureChromium, type Machine, NoChromiumError } from "./chromium.ts";

/** A machine with these programs; `apt-get install` adds Debian's Chromium. */
function machineWith(programs: string[], environment: Record<string, string> = {}, isRoot = false) {
  const calls: string[] = [];
  const machine: Machine = {
    environment: (name) => ({ PATH: "/bin:/usr/bin", ...environment })[name],
    list: (folder) =>
      Promise.resolve(folder === "/cache" ? ["chromium-1100", "chromium-1200", "firefox-9"] : []),
    succeeds: (program, args) => {
      if (args[0] !== "--version") calls.push([program, ...args].join(" "));
      const found = programs.includes(program);
      if (found && args[0] === "install") programs.push("/usr/bin/chromium");
      return Promise.resolve(found);
    },
    isRoot: () => isRoot,
  };
  return { machine, calls };
}

const silent = () => {};

Deno.test("CHROMIUM_PATH goes first", async () => {
  const { machine } = machineWith(["/usr/bin/chromium", "/opt/mine"], { CHROMIUM_PATH: "/opt/mine" });
  equal(await ensureChromium(silent, machine), "/opt/mine");
});

Deno.test("a CHROMIUM_PATH that does not run is an error, not passed over", async () => {
  const { machine } = machineWith(["/usr/bin/chromium"], { CHROMIUM_PATH: "/opt/gone" });
  await rejects(ensureChromium(silent, machine), /CHROMIUM_PATH.*\/opt\/gone/);
});

Deno.test("then one on PATH, then the newest of playwright's", async () => {
  const chrome = "/usr/bin/google-chrome";
  const newest = "/cache/chromium-1200/chrome-linux/chrome";
  const cache = { PLAYWRIGHT_BROWSERS_PATH: "/cache" };
  equal(await ensureChromium(silent, machineWith([chrome, newest], cache).machine), chrome);
  const both = [newest, "/cache/chromium-1100/chrome-linux/chrome"];
  equal(await ensureChromium(silent, machineWith(both, cache).machine), newest);
});

Deno.test("root on a Debian-like machine gets the distribution's package", async () => {
  const { machine, calls } = machineWith(["apt-get"], {}, true);
  equal(await ensureChromium(silent, machine), "/usr/bin/chromium");
  deepEqual(calls, ["apt-get update -qq", "apt-get install -y -qq --no-install-recommends chromium"]);
});

Deno.test("anyone else is told what is missing, why it is needed and how to get it", async () => {
  const { machine, calls } = machineWith(["apt-get"], {}, false);
  await rejects(ensureChromium(silent, machine), (error) => {
    return error instanceof NoChromiumError && /tests\/browser.*CHROMIUM_PATH/s.test(error.message);
  });
  deepEqual(calls, []);
});
