"""The command `query`."""

from __future__ import annotations

import csv
import io
import json
from decimal import Decimal

import pandas as pd
import pytest

from local_cloud.server import running
from local_cloud.tests.redshift.conftest import cloud, cluster
from operations import cli
from operations.commands import query
from operations.environment_clients import EnvironmentClients
from operations.sql.frame import query_frame
from operations.sql.statements import Result, execute

__all__ = ["cloud", "cluster"]

TABLE = ("--format", "table")


@pytest.fixture
def run(monkeypatch):
    """Run the command for the environment `test`. Return the exit code."""

    def query_of(cloud, *words):
        aws = EnvironmentClients("test", cloud.region, cloud.client, is_laptop=True)
        monkeypatch.setattr(cli, "connect", lambda _environment, _state: aws)
        return cli.main(["query", *words])

    return query_of


def test_rows_are_shown_as_a_table(run, cluster, capsys):
    assert run(cluster.cloud, "select 1 as one, null as nothing, 'x' as text", *TABLE) == 0

    shown = capsys.readouterr().out
    assert "one" in shown
    assert "NULL" in shown
    assert "1 row\n" in shown


def test_rows_that_do_not_fit_beside_each_other_stand_below(run, cluster, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "40")
    text = "that would be folded"
    sql = f"select {{}} as n, '{text}' as first, '{text}' as other, null as nothing"

    assert run(cluster.cloud, f"{sql.format(1)} union all {sql.format(2)} order by 1", *TABLE) == 0

    shown = [line.split() for line in capsys.readouterr().out.splitlines()]
    row = [["first", *text.split()], ["other", *text.split()], ["nothing", "NULL"]]
    assert shown == [["row", "1"], ["n", "1"], *row, ["row", "2"], ["n", "2"], *row, ["2", "rows"]]


@pytest.mark.parametrize("beside", ["", f", '{'y' * 60}' as too_wide"])
def test_what_rows_hold_commands_neither_the_table_nor_the_terminal(run, cluster, capsys, beside):
    text = "[red]x[/red] [/] \x1b]0;owned\x07 \x1b[2J\u202e =1+1"
    assert run(cluster.cloud, f"select '{text}' as \"[bold]\"{beside}", *TABLE) == 0

    shown = " ".join(capsys.readouterr().out.split())
    assert r"[red]x[/red] [/] \x1b]0;owned\x07 \x1b[2J\u202e =1+1" in shown
    assert "[bold]" in shown
    assert not {"\x1b", "\x07", "\u202e"} & set(shown)


def test_rows_as_json(run, cluster, capsys):
    digits = " union all ".join(f"select {n} as n" for n in range(40))
    columns = "a.n * 40 + b.n as n, 0.5::float8 as half, null as no"
    sql = f"select {columns} from ({digits}) a, ({digits}) b"

    assert run(cluster.cloud, sql + " order by 1", "--json") == 0

    rows = json.loads(capsys.readouterr().out)
    assert len(rows) == 1600
    assert rows[1599] == {"n": 1599, "half": 0.5, "no": None}


def test_a_failure_shows_what_the_database_says(run, cluster, capsys):
    assert run(cluster.cloud, "select * from nothing") == 1

    assert capsys.readouterr().err == 'ERROR: relation "nothing" does not exist\n'


def test_a_statement_without_rows_says_how_many_it_changed(run, cluster, capsys):
    run(cluster.cloud, "create table if not exists t (a int)")
    capsys.readouterr()

    assert run(cluster.cloud, "insert into t values (1), (2)", *TABLE) == 0
    assert capsys.readouterr().out == "Done, 2 rows.\n"


def test_a_query_runs_as_the_user_named(run, cluster, capsys):
    run(cluster.cloud, "create user reader password disable")
    run(cluster.cloud, "create table secret (a int)")

    assert run(cluster.cloud, "select * from secret", "--user", "reader") == 1
    assert "permission denied for relation secret" in capsys.readouterr().err


def test_another_warehouse_is_not_found(run, cluster, capsys):
    assert run(cluster.cloud, "select 1", "--warehouse", "other") == 2
    assert "no warehouse 'other', expected one of: redline-test" in capsys.readouterr().err


def test_a_statement_is_utf_8_in_a_locale_without_its_characters():
    # How Python decodes the arguments of a process in such a locale (PEP 383).
    argument = "SELECT 'é→'".encode().decode("ascii", errors="surrogateescape")
    assert query._text(argument) == "SELECT 'é→'"


def test_a_frame_has_the_types_of_the_warehouse(cluster):
    aws = EnvironmentClients("test", cluster.cloud.region, cluster.cloud.client, is_laptop=True)
    row = (
        "false as no, 0::int2 as zero, 12.50::numeric(8,2) as price, 0.0::float8 as nothing, "
        "''::varchar as empty, date '2008-01-02' as day, timestamp '2008-01-02 03:04:05.6' as at, "
        "timestamptz '2008-01-02 03:04:05+02' as zoned"
    )
    null = ", ".join(
        f"null::{kind}"
        for kind in (
            *("boolean", "int2", "numeric(8,2)", "float8", "varchar", "date", "timestamp"),
            "timestamptz",
        )
    )

    found = query_frame(aws, f"select {row} union all select {null} order by no")

    assert found.iloc[0].tolist() == [
        *(False, 0, Decimal("12.50"), 0.0, "", pd.Timestamp("2008-01-02")),
        pd.Timestamp("2008-01-02 03:04:05.6"),
        pd.Timestamp("2008-01-02 01:04:05", tz="UTC"),
    ]
    assert found.iloc[1].isna().all()
    assert query_frame(aws, MANY)["n"].tolist() == list(range(1, 2501))


MANY = (
    "with recursive counted(n) as (select 1 union all select n + 1 from counted where n < 2500) "
    "select n, 'é,\"' as text, null as nothing from counted order by n"
)


def test_a_pipe_receives_csv_with_one_header(run, cluster, capsys):
    assert run(cluster.cloud, MANY) == 0
    rows = list(csv.reader(io.StringIO(capsys.readouterr().out, newline="")))
    assert rows[0] == ["n", "text", "nothing"]
    assert rows[1:] == [[str(n), 'é,"', ""] for n in range(1, 2501)]


@pytest.mark.parametrize("header", ["", "a,b\r\n"])
def test_pages_without_a_header_get_one(header):
    class Data:
        def get_paginator(self, name):
            assert name == "get_statement_result_v2"
            return self

        def paginate(self, **_):
            columns = [{"name": "a"}, {"name": "b"}]
            for rows in ("1,x\r\n", '2,"y\r\nz"\r\n'):
                yield {"ColumnMetadata": columns, "Records": [{"CSVRecords": header + rows}]}

    result = Result(Data(), "s", rows=2, has_rows=True)
    assert "".join(result.csv(None)) == 'a,b\r\n1,x\r\n2,"y\r\nz"\r\n'
    assert "".join(result.csv(1)) == "a,b\r\n1,x\r\n"


@pytest.mark.parametrize("limit", [1, 1000, 1200])
def test_a_limit_ends_the_rows(run, cluster, capsys, limit):
    assert run(cluster.cloud, MANY, "--limit", str(limit)) == 0
    assert len(capsys.readouterr().out.splitlines()) == limit + 1
    assert run(cluster.cloud, MANY, "--limit", str(limit), "--json") == 0
    assert len(json.loads(capsys.readouterr().out)) == limit


def test_a_table_says_how_many_rows_it_shows(run, cluster, capsys):
    assert run(cluster.cloud, MANY, "--limit", "2", *TABLE) == 0
    assert "the first 2 of 2500 rows" in capsys.readouterr().out


def test_a_statement_comes_from_a_file_or_standard_input(
    run, cluster, capsys, tmp_path, monkeypatch
):
    (tmp_path / "one.sql").write_text("select 1 as a")
    assert run(cluster.cloud, "--file", str(tmp_path / "one.sql")) == 0
    monkeypatch.setattr("sys.stdin", io.StringIO("select 2 as a"))
    assert run(cluster.cloud, "-") == 0
    assert capsys.readouterr().out.split() == ["a", "1", "a", "2"]
    assert run(cluster.cloud) == 2
    assert "pass one statement" in capsys.readouterr().err


def test_ctrl_c_cancels_the_statement():
    class Data:
        cancelled = None

        def execute_statement(self, **_):
            return {"Id": "s"}

        def describe_statement(self, **_):
            raise KeyboardInterrupt

        def cancel_statement(self, *, Id):  # noqa: N803 (AWS' name)
            self.cancelled = Id

    data = Data()
    with pytest.raises(KeyboardInterrupt):
        execute(data, "select 1", {}, as_csv=True)
    assert data.cancelled == "s"


# The last test: another server in this process starts with empty services.
def test_without_a_warehouse_it_says_what_to_do(run, tmp_path, capsys):
    with running(state=tmp_path) as empty:
        assert run(empty, "select 1") == 2
    assert "test has no warehouse in us-east-1: deploy it first" in capsys.readouterr().err
