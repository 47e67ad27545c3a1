import { pythonPrograms, run } from "./python_tools.ts";

const PROGRAM = `
import duckdb, json, sys
duckdb.sql("SET TimeZone = 'UTC'")
result = duckdb.sql(sys.argv[1])
names = result.columns
print(json.dumps([dict(zip(names, row)) for row in result.fetchall()], default=str))
`;

/** The rows of a query to DuckDB, which reads the files that the query names. */
export async function askDuckDb(query: string): Promise<Record<string, unknown>[]> {
  return JSON.parse(await run(`${await pythonPrograms()}/python`, ["-c", PROGRAM, query]));
}
