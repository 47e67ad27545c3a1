/**
 * `deno task bench [ARGUMENTS...]`: runs the benchmarks of this folder. Arguments go to `deno bench`, as
 * `--filter decode` or `--json`.
 *
 * @module
 */
import { resolve } from "node:path";

const { code } = await new Deno.Command(Deno.execPath(), {
  args: ["bench", "--allow-read", ...Deno.args, import.meta.dirname!],
  cwd: resolve(import.meta.dirname!, ".."),
}).spawn().status;
Deno.exit(code);
