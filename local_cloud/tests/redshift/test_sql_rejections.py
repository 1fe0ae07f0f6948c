"""Statements that DuckDB or PostgreSQL runs but Redshift rejects, with Redshift's errors."""

from __future__ import annotations

import re

import pytest

from local_cloud.redshift.statement_errors import StatementFailed

FRAME = "Aggregate window functions with an ORDER BY clause require a frame clause"
NOT_ASCII = "CHAR string contains invalid ASCII character"
REJECTED = [
    # Window and aggregate functions
    ("select sum(a) over (order by b) from t", FRAME, "0A000"),
    ("select first_value(a) over (order by b) from t", FRAME, "0A000"),
    ("select count(*) filter (where a > 1) from t", 'syntax error at or near "("', "42601"),
    ("select sum(distinct a) over (partition by b) from t", "DISTINCT is not supported", "0A000"),
    (
        "select sum(a) over (order by b range unbounded preceding) from t",
        "window frame clause range is not supported",
        "0A000",
    ),
    ("select sum(a) over w from t window w as (order by b)", 'at or near "window"', "42601"),
    ("select row_number() from t", "row_number requires an OVER clause", "42809"),
    (
        "select a from t where row_number() over () = 1",
        "window functions not allowed in WHERE clause",
        "42P20",
    ),
    ("select sum(sum(a)) from t", "may not have nested aggregate", "42803"),
    ("select max(a > 1) from t", "function max(boolean) does not exist", "42883"),
    ("select string_agg(name, ',') from t", "function string_agg(character varying", "42883"),
    ("select array_agg(a) from t", "function array_agg(integer) does not exist", "42883"),
    ("select arg_max(a, b) from t", "function arg_max(integer, integer)", "42883"),
    ("select listagg(name) from (select 'a' as name)", "must be applied on at least one", "0A000"),
    ("select version() from t", "not supported on Redshift tables", "0A000"),
    # Queries
    ("select distinct on (a) a, b from t", "SELECT DISTINCT ON is not supported", "0A000"),
    ("select a, sum(b) from t", 'column "a" must appear in the GROUP BY', "42803"),
    ("select a from t group by all", 'syntax error at or near "all"', "42601"),
    ("select * from t, lateral (select 1) l", 'syntax error at or near "lateral"', "42601"),
    ("select * from t asof join t u on t.a >= u.a", 'syntax error at or near "asof"', "42601"),
    ("select * from t semi join t u on t.a = u.a", 'syntax error at or near "semi"', "42601"),
    ("select * from t positional join t u", "syntax error", "42601"),
    ("select * from t join t u", "syntax error", "42601"),
    ("select * from (values (1)) v(a)", 'syntax error at or near "values"', "42601"),
    ("values (1)", 'syntax error at or near "values"', "42601"),
    ("from t", 'syntax error at or near "from"', "42601"),
    ("select a from t limit 10%", 'syntax error at or near "limit"', "42601"),
    ("select a from t using sample 10", 'syntax error at or near "tablesample"', "42601"),
    ("select a from t fetch first 1 row only", 'syntax error at or near "fetch"', "42601"),
    ("select t from t", 'column "t" does not exist', "42703"),
    ("select 1 union select 1, 2", "each UNION query must have the same number", "42601"),
    (
        "select a from t union select name from t",
        "UNION types integer and character varying cannot be matched",
        "42804",
    ),
    ("select 1 where 1", "argument of WHERE must be type boolean", "42804"),
    ("select not 1", "argument of NOT must be type boolean, not type integer", "42804"),
    (
        "select case when a = 1 then a else name end from t",
        "CASE types integer and character varying cannot be matched",
        "42804",
    ),
    ("select a from t where a is distinct from 1", 'at or near "distinct"', "42601"),
    ("select a in [1, 2] from t", 'syntax error at or near "["', "42601"),
    ("select a[1] from t", "subscripted expressions are not supported", "0A000"),
    ("select name->'a' from t", "operator does not exist: ->", "42883"),
    ("select * from read_csv('/etc/passwd')", "table function READ_CSV", "0A000"),
    ("select * from generate_series(1, 3)", "table function GENERATE_SERIES", "0A000"),
    # Types and values
    ("select array[1, 2]", "array constructors are not supported", "0A000"),
    ("select {'a': 1}", 'syntax error at or near "{"', "42601"),
    ("create table x (a int[])", 'Column "x.a" has unsupported type "integer[]"', "0A000"),
    ("create table x (a uuid)", 'Column "x.a" has unsupported type "uuid"', "0A000"),
    ("create table x (a json)", 'Column "x.a" has unsupported type "json"', "0A000"),
    ("create table x (a hugeint)", 'syntax error at or near "hugeint"', "42601"),
    ("create table x (a super)", "data type SUPER is not supported", "0A000"),
    ("create table x (a varchar(70000))", "type varchar cannot exceed 65535", "22023"),
    ("create table x (a decimal(40, 2))", "precision 40 must be between 1 and 38", "22023"),
    ("select uuid()", "function uuid() does not exist", "42883"),
    ("insert into c values ('é')", NOT_ASCII, "22021"),
    ("select 'é'::char(10)", NOT_ASCII, "22021"),
    ("select true + 1", "operator does not exist: boolean + integer", "42883"),
    ("select -'a'", "operator is not unique", "42725"),
    ("select 'a' + 1", 'invalid input syntax for integer: "a"', "22P02"),
    ("select cast('1.5' as int)", 'invalid input syntax for integer: "1.5"', "22P02"),
    ("select date '2020-13-45'", "date/time field value out of range", "22008"),
    ("select 1.0 / 0", "division by zero", "22012"),
    ("select 9223372036854775807 + 1", "bigint out of range", "22003"),
    ("select sqrt(-1)", "cannot take square root of a negative number", "2201F"),
    # Changes and definitions
    ("insert into t values (1) on conflict do nothing", 'syntax error at or near "on"', "42601"),
    ("insert into t values (1) returning a", 'syntax error at or near "returning"', "42601"),
    ("delete from t returning a", 'syntax error at or near "returning"', "42601"),
    ("insert or replace into t values (1)", 'syntax error at or near "or"', "42601"),
    ("create table x (a int check (a > 0))", "CHECK constraints are not supported", "0A000"),
    ("create table x (a int, check (a > 0))", "CHECK constraints are not supported", "0A000"),
    ("create table x (a int) distkey(b)", 'column "b" named in key does not exist', "42703"),
    ("create index i on t (a)", 'SQL command "CREATE INDEX" not supported', "0A000"),
    ("create sequence s", 'SQL command "CREATE SEQUENCE" not supported', "0A000"),
    ("create macro f(x) as x", 'syntax error at or near "macro"', "42601"),
    ("create function f(a int) returns int as $$ select 1 $$", "CREATE FUNCTION", "0A000"),
    ("create view v as select * from pg_user", "cannot use the system table", "XX000"),
    # DuckDB's commands
    ("pragma version", 'syntax error at or near "pragma"', "42601"),
    ("describe t", 'syntax error at or near "describe"', "42601"),
    ("set threads = 4", "SET threads is not supported", "0A000"),
    ("select current_setting('threads')", "unrecognized configuration parameter", "42704"),
]
FOREIGN = re.compile(
    r"duckdb|sqlglot|catalog error|binder|parser|TRY\(|candidate|did you mean|\bstruct\b|hugeint\(",
    re.IGNORECASE,
)


@pytest.fixture(scope="module")
def shared(shared_database):
    """A database with the tables of the statements, which do not change the database."""
    shared_database.run("create table t (a int, b int, name varchar(20))")
    shared_database.run("create table c (code char(10))")
    shared_database.run("insert into t values (1, 2, 'x')")
    return shared_database


@pytest.mark.parametrize(("sql", "words", "sqlstate"), REJECTED, ids=lambda value: value[:60])
def test_redshift_rejects(shared, sql, words, sqlstate):
    with pytest.raises(StatementFailed) as failure:
        shared.run(sql)

    assert words in failure.value.message
    assert failure.value.sqlstate == sqlstate
    assert not FOREIGN.search(failure.value.message), failure.value.message


@pytest.mark.parametrize("clause", ["rows unbounded preceding", ""])
def test_ranking_needs_no_frame(shared, clause):
    sql = f"select sum(a) over (partition by b {'order by a ' + clause if clause else ''}) from t"
    assert shared.rows(sql) == [(1,)]
    assert shared.rows("select rank() over (order by a), lag(a) over (order by a) from t") == [
        (1, None)
    ]


@pytest.mark.parametrize(
    "sql",
    [
        "select foo(1), bar('x') from t",
        "select a from nothing",
        "select nothing from t",
        "select u.a from t",
        "select a, a from t order by 3",
        "select 1 from t group by 2",
        "select upper(a, b) from t",
        "select substring() from t",
        "select dateadd(fortnight, 1, getdate())",
        "select a from t where name > all (select a from t)",
        "select (select a, b from t)",
        "insert into t values (1, 2, 'x', 4)",
        "insert into t (a) select a, b from t",
        "update t set nothing = 1",
        "select a from t where",
        "select * from t t1 join t t2 on a = 1",
        "select cast(a as date) from t",
        "select interval 'x'",
        "create table t (a int)",
        "drop table nothing",
        "select count(*) over (partition by sum(a)) from t group by b having",
    ],
)
def test_no_error_reveals_what_runs_the_statement(shared, sql):
    with pytest.raises(StatementFailed) as failure:
        shared.run(sql)

    assert not FOREIGN.search(failure.value.message), failure.value.message
    assert failure.value.message.startswith("ERROR: ")
