import assert from "node:assert/strict";
import { readStatement } from "./statement.ts";

Deno.test("a SELECT in any dress can be streamed, and its FORMAT is read", () => {
  for (
    const [sql, format] of [
      ["SELECT 1", undefined],
      ["  /* why */ -- how\n select 1 format JSON", "JSON"],
      ["WITH 1 AS x SELECT x FORMAT CSV SETTINGS max_threads = 1", "CSV"],
      ["(SELECT 1) UNION ALL (SELECT 2) FORMAT TSV;", "TSV"],
      ["FROM t SELECT 'FORMAT Not', `format` FORMAT JSONEachRow", "JSONEachRow"],
      ["SELECT * FROM (SELECT 1 FORMAT Inner)", undefined],
      ["SELECT $$ ; FORMAT Not $$ FORMAT Null", "Null"],
    ] as const
  ) {
    assert.deepEqual(readStatement(sql), { kind: "select", format }, sql);
  }
});

Deno.test("everything else is run in one piece", () => {
  for (
    const sql of ["CREATE TABLE t (a Int8) ENGINE = Memory", "SHOW TABLES", "INSERT INTO t SELECT 1", ""]
  ) {
    assert.equal(readStatement(sql).kind, "other", sql);
  }
  assert.equal(readStatement("INSERT INTO t WITH 1 AS x SELECT x").kind, "other");
});

Deno.test("an INSERT is taken apart where its data begins", () => {
  for (
    const [sql, target, settings, format, data] of [
      ["INSERT INTO t FORMAT JSONEachRow", "INSERT INTO t", "", "JSONEachRow", ""],
      [
        "insert into `a`.`b c` (`x`, y) format CSV\n1,2\n",
        "insert into `a`.`b c` (`x`, y)",
        "",
        "CSV",
        "\n1,2\n",
      ],
      [
        "INSERT INTO t SETTINGS async_insert = 0 FORMAT TSV",
        "INSERT INTO t",
        "SETTINGS async_insert = 0",
        "TSV",
        "",
      ],
      [
        "INSERT INTO t (`format`, values) VALUES (1, ';'), (2, 'x')",
        "INSERT INTO t (`format`, values)",
        "",
        "Values",
        " (1, ';'), (2, 'x')",
      ],
      ["INSERT INTO FUNCTION null('a Int8')", "INSERT INTO FUNCTION null('a Int8')", "", "Values", ""],
      ["INSERT INTO t (* EXCEPT(b)) FORMAT Parquet", "INSERT INTO t (* EXCEPT(b))", "", "Parquet", ""],
    ] as const
  ) {
    const statement = readStatement(sql);
    assert.ok(statement.kind === "insert", sql);
    assert.equal(statement.target, target);
    assert.equal(statement.settings, settings);
    assert.equal(statement.format, format);
    assert.equal(sql.slice(statement.dataAt), data);
  }
});

Deno.test("more than one statement is refused; a semicolon at the end or in a text is not one more", () => {
  for (const sql of ["SELECT 1; SELECT 2", "INSERT INTO t SELECT 1; DROP TABLE t", "SET a = 1; SELECT 1"]) {
    assert.throws(() => readStatement(sql), /Multi-statements are not allowed/, sql);
  }
  readStatement("SELECT ';' ; -- SELECT 2");
  readStatement("SELECT 'it''s; \\'so;', `a;b`;;");
});
