import { find, type Prerequisite } from "@countinghouse/infra";
import { loadSettings } from "@countinghouse/shared/config";

/** DuckDB, which reads the lake's files, and Moto, which speaks S3's protocol with conditional writes. */
const PACKAGES = ["duckdb==2.0.0", "moto[s3]==5.2.5", "flask==3.1.2", "flask-cors==6.0.1"];

const PYTHON: Prerequisite = {
  name: "Python's venv and pip",
  commands: ["python3", "python3.14", "python3.13", "python3.12", "python3.11"],
  versionArgs: ["-c", "import ensurepip, sys, venv; print('venv', '%d.%d' % sys.version_info[:2])"],
  versionPattern: /venv (\d[\d.]*)/,
  least: [3, 11],
  why: "DuckDB and an S3 server, for tests, are installed with it",
  get: "install python3 and python3-venv (Debian, Ubuntu), or python (Homebrew)",
};

/** The folder with the programs of a Python environment beside the engines, which is made when it isn't there yet. */
export async function pythonPrograms(): Promise<string> {
  const engines = await Deno.realPath(`${loadSettings().dataDir}/engines`);
  const folder = `${engines}/lake-test-tools-${
    PACKAGES.map((name) => name.replaceAll(/[[\]=]/g, "-")).join("_")
  }`;
  using lock = await Deno.open(`${folder}.lock`, { create: true, write: true });
  await lock.lock(true);
  const programs = `${folder}/bin`;
  if (await exists(`${folder}/installed`)) return programs;
  await Deno.remove(folder, { recursive: true }).catch(() => {});
  const python = await find(PYTHON);
  if (!python.ok) throw new Error(python.problem);
  await run(python.command, ["-m", "venv", folder]);
  await run(`${programs}/python`, [
    "-m",
    "pip",
    "install",
    "--quiet",
    "--disable-pip-version-check",
    ...PACKAGES,
  ]);
  await Deno.writeTextFile(`${folder}/installed`, "");
  return programs;
}

/** What a program prints. @throws with its last words when it fails. */
export async function run(command: string, args: readonly string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(command, { args: [...args], stdin: "null" })
    .output();
  const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  if (!success) throw new Error(`Cannot run ${command}: ${decode(stderr).slice(-2_000)}`);
  return decode(stdout);
}

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}
