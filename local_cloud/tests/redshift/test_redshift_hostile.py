"""Malicious statements are rejected, with an error that states the reason."""

from __future__ import annotations

import time

import pytest

NAMES = (
    'a"b',
    '"',
    'x"; drop table kept; --',
    "it's",
    "select",
    "a b",
    "ä",
    "--",
    "/*",
    "a;b",
    "$$",
)


@pytest.mark.parametrize("name", NAMES)
def test_a_quoted_name_may_have_any_text(database, name):
    quoted = '"' + name.replace('"', '""') + '"'
    database.run("create table kept (x int)")
    database.run(f"create schema {quoted}")
    database.run(f"create table {quoted} ({quoted} varchar(9) not null, other int default 1)")
    database.run(f"insert into {quoted} ({quoted}) values ('one')")
    database.run(f"update {quoted} set {quoted} = 'two' where {quoted} = 'one'")
    assert database.rows(f"select {quoted}, other from {quoted}") == [("two", 1)]
    database.run(f"create table {quoted}.copied as select {quoted} from {quoted}")
    database.run(f"create view {quoted}.seen as select {quoted} from {quoted}.copied")
    assert database.rows(f"select * from {quoted}.seen") == [("two",)]
    database.run(f"drop view {quoted}.seen")
    database.run(f"alter table {quoted} add column more int")
    database.run(f"alter table {quoted} rename column more to {_other(quoted)}")
    database.run(f"alter table {quoted} drop column {_other(quoted)}")
    database.run(f"alter table {quoted} rename to {_other(quoted)}")
    assert database.rows(f"select {quoted} from {_other(quoted)}") == [("two",)]
    database.run(f"create user {quoted} password disable")
    database.run(f"grant select on table kept to {quoted}")
    assert database.rows("select count(*) from kept", user=name) == [(0,)]
    database.run(f"drop table {_other(quoted)}")
    database.run(f"drop schema {quoted} cascade")


def _other(quoted):
    return quoted[:-1] + '2"'


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        ("select 1; drop table kept", "cannot insert multiple commands"),
        ("select * from read_csv('/etc/passwd')", "table function READ_CSV"),
        ("select content from read_text(['/etc/passwd'])", "table function READ_TEXT"),
        ("with x as (select * from read_csv('/etc/passwd')) select * from x", "READ_CSV"),
        ("select (select content from read_text('/etc/passwd'))", "READ_TEXT"),
        ("select * from '/etc/passwd'", 'relation "/etc/passwd" does not exist'),
        ('select * from "/etc/passwd"', 'relation "/etc/passwd" does not exist'),
        ("select * from duckdb_settings()", "table function DUCKDB_SETTINGS"),
        ("select getenv('HOME')", 'function getenv("unknown") does not exist'),
        ("attach '/tmp/x.db'", 'syntax error at or near "attach"'),
        ("install httpfs", 'syntax error at or near "install"'),
        ("set enable_external_access = true", "SET enable_external_access is not supported"),
        ("copy kept to '/tmp/x'", 'syntax error at or near "to"'),
        ("select 'a", "syntax error"),
        ('select "a', "syntax error"),
        ("select 1 /*", "syntax error"),
        ("select '\0'", "invalid byte sequence"),
        ("/**/", "the statement is empty"),
        ("select " + "(" * 3000 + "1" + ")" * 3000, "stack depth limit exceeded"),
        ("select " + "not " * 5000 + "true", "stack depth limit exceeded"),
        (
            "select " + "case when true then " * 999 + "1" + " end" * 999,
            "stack depth limit exceeded",
        ),
        ("select " + "+".join(["1"] * 20_000), "stack depth limit exceeded"),
        ("select " + ",".join(["1"] * 1665), "target lists can have at most 1664 entries"),
    ],
    ids=lambda value: value[:40],
)
def test_what_is_refused_changes_nothing(database, sql, message):
    database.run("create table kept (x int)")
    assert message in database.error(sql)
    assert database.rows("select count(*) from kept") == [(0,)]


@pytest.mark.parametrize(
    "value", ["'; drop table kept; --", "\\'", "a\nb", "x" * 100_000, ":y", "$1"]
)
def test_a_bound_value_is_a_value(database, value):
    database.run("create table kept (x int)")
    assert database.rows("select :value as v, ':value' as t /* :value */", value=value) == [
        (value, ":value")
    ]
    assert database.rows("select count(*) from kept") == [(0,)]


def test_a_long_statement_takes_time_in_proportion(database):
    started = time.monotonic()
    assert len(database.rows("select " + ",".join(["1"] * 1664))[0]) == 1664
    database.run("create table kept (x int)")
    database.run("insert into kept values " + ",".join(["(1)"] * 20_000))
    assert database.rows("select count(*) from kept") == [(20_000,)]
    assert time.monotonic() - started < 60
