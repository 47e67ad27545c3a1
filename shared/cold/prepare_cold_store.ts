import { type ColdStore, connect } from "./cold_store.ts";
import { type Migration, MIGRATIONS } from "./migrations.ts";
import { applyTableRules, type TableRules } from "./table_rules.ts";
import { ALL_UNIQUE_EVENTS } from "./unique_events.ts";

/** The warehouse was made by newer code than this. */
export class NewerSchemaError extends Error {
  override name = "NewerSchemaError";
}

/**
 * Creates the database and brings its tables up to date. Each migration is applied once and then noted in the table
 * `migrations`; processes that start together may both apply one, which does no harm. Then the tables are made to follow
 * the settings.
 *
 * @throws {NewerSchemaError} when the database has a migration that this code does not know.
 */
export async function prepareColdStore(
  store: ColdStore,
  rules: TableRules = {},
  migrations: readonly Migration[] = MIGRATIONS,
): Promise<void> {
  const { client, url, database } = store;
  await createDatabase(url, database);
  await client.command({
    query: `CREATE TABLE IF NOT EXISTS migrations (number UInt32, name String, applied DateTime DEFAULT now())
      ENGINE = ReplacingMergeTree ORDER BY number`,
  });
  const applied = await appliedMigrations(client);
  const newest = migrations.at(-1)?.number ?? 0;
  const unknown = [...applied].find((number) => number > newest);
  if (unknown !== undefined) {
    throw new NewerSchemaError(
      `Cannot use the database ${database} with migrations up to ${newest}: current value is ${unknown}`,
    );
  }
  for (const { number, name, statements } of migrations) {
    if (applied.has(number)) continue;
    for (const query of statements) await client.command({ query });
    await client.insert({ table: "migrations", values: [{ number, name }], format: "JSONEachRow" });
  }
  await applyTableRules(store, rules);
  // A view holds nothing, so it follows the code and needs no migration.
  await client.command({ query: `CREATE OR REPLACE VIEW events_unique AS ${ALL_UNIQUE_EVENTS}` });
}

/** By a client of its own, as one that names a database can't do anything before it exists. */
async function createDatabase(url: string, database: string): Promise<void> {
  const client = connect(url, "default");
  try {
    await client.command({
      query: "CREATE DATABASE IF NOT EXISTS {database:Identifier}",
      query_params: { database },
    });
  } finally {
    await client.close();
  }
}

async function appliedMigrations(client: ColdStore["client"]): Promise<ReadonlySet<number>> {
  const result = await client.query({ query: "SELECT number FROM migrations", format: "JSONEachRow" });
  return new Set((await result.json<{ number: number }>()).map(({ number }) => number));
}
