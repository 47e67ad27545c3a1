/**
 * `deno task keys create | list | revoke`: the write keys of the collector.
 *
 * @module
 */
import { dirname } from "node:path";
import { parseFlags, runCommand, UsageError } from "@countinghouse/shared/command";
import { keysFile, loadSettings } from "@countinghouse/shared/config";
import { readKeyFile, writeKeyFile } from "./key_file.ts";
import { createKey, endKey, type StoredKey } from "./write_key.ts";

const HELP = `Write keys of the collector: who may send events, and for which store.

  deno task keys create --store NAME [--label TEXT]   makes a key and shows it, this once
  deno task keys list                                 ids, stores, labels, when they end
  deno task keys revoke ID [--in 48h]                 ends a key, now or later

Any number of keys is valid at a time. To replace one: create another, put it into the shop, revoke the old one --in
the time that takes. The collector sees a change within a second. Only hashes are kept (COLLECT_KEYS_FILE).`;

const UNIT_MS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

/** "90m", "48h" or "7d" as milliseconds. @throws {UsageError} for anything else. */
export function parseSpan(text: string): number {
  const [, digits, unit] = /^(\d{1,6})([mhd])$/.exec(text) ?? [];
  if (digits === undefined || unit === undefined) {
    throw new UsageError(`Cannot read --in as a time such as 90m, 48h or 7d: current value is ${text}`);
  }
  return Number(digits) * UNIT_MS[unit]!;
}

/** A line of `list`. */
export function keyLine({ id, store_id, label, created_at, expires_at }: StoredKey, nowMs: number): string {
  const state = expires_at === undefined
    ? "valid"
    : `${Date.parse(expires_at) <= nowMs ? "ended" : "ends"} ${expires_at}`;
  return [id, store_id, label ?? "-", `made ${created_at}`, state].join("  ");
}

async function run(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseFlags({
    args: [...args],
    allowPositionals: true,
    options: {
      store: { type: "string" },
      label: { type: "string" },
      in: { type: "string" },
      help: { type: "boolean", short: "h" },
    },
  });
  const [verb, id] = positionals;
  if (values.help || verb === undefined) {
    console.log(HELP);
    return values.help ? 0 : 2;
  }
  const path = keysFile(loadSettings());
  const keys = await readKeyFile(path);
  const now = new Date();
  switch (verb) {
    case "create": {
      if (!values.store) throw new UsageError("Cannot make a key without --store NAME");
      const { text, stored } = await createKey({ storeId: values.store, label: values.label, now });
      await Deno.mkdir(dirname(path), { recursive: true });
      await writeKeyFile(path, [...keys, stored]);
      console.log(text);
      console.error(`Key ${stored.id} for store ${stored.store_id}. It can't be shown again.`);
      return 0;
    }
    case "list":
      for (const key of keys) console.log(keyLine(key, now.getTime()));
      return 0;
    case "revoke": {
      if (!keys.some((key) => key.id === id)) {
        throw new UsageError(`Cannot find a key with the id ${id ?? ""}`);
      }
      const end = new Date(now.getTime() + (values.in === undefined ? 0 : parseSpan(values.in)));
      await writeKeyFile(path, keys.map((key) => key.id === id ? endKey(key, end) : key));
      console.error(`Key ${id} ends ${values.in === undefined ? "now" : end.toISOString()}.`);
      return 0;
    }
    default:
      throw new UsageError(`Cannot ${verb} keys: it must be create, list or revoke`);
  }
}

if (import.meta.main) await runCommand(() => run(Deno.args));
