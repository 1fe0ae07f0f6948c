"""The command `query`."""

from __future__ import annotations

import argparse
import json

import pytest

from local_cloud.commands import query
from local_cloud.server import running


def run(cloud, *words):
    parser = argparse.ArgumentParser()
    parser.add_argument("--json", action="store_true")
    query.add_arguments(parser)
    return query.run(parser.parse_args(words), cloud)


def test_rows_are_shown_as_a_table(cluster, capsys):
    assert run(cluster.cloud, "select 1 as one, null as nothing, 'x' as text") == 0

    shown = capsys.readouterr().out
    assert "one" in shown
    assert "NULL" in shown
    assert "1 rows" in shown


def test_rows_that_do_not_fit_beside_each_other_stand_below(cluster, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "40")
    text = "that would be folded"
    sql = f"select {{}} as n, '{text}' as first, '{text}' as other, null as nothing"

    assert run(cluster.cloud, f"{sql.format(1)} union all {sql.format(2)} order by 1") == 0

    shown = [line.split() for line in capsys.readouterr().out.splitlines()]
    row = [["first", *text.split()], ["other", *text.split()], ["nothing", "NULL"]]
    assert shown == [["row", "1"], ["n", "1"], *row, ["row", "2"], ["n", "2"], *row, ["2", "rows"]]


@pytest.mark.parametrize("beside", ["", f", '{'y' * 60}' as too_wide"])
def test_what_rows_hold_commands_neither_the_table_nor_the_terminal(cluster, capsys, beside):
    text = "[red]x[/red] [/] \x1b]0;owned\x07 \x1b[2J\u202e =1+1"
    assert run(cluster.cloud, f"select '{text}' as \"[bold]\"{beside}") == 0

    shown = " ".join(capsys.readouterr().out.split())
    assert r"[red]x[/red] [/] \x1b]0;owned\x07 \x1b[2J\u202e =1+1" in shown
    assert "[bold]" in shown
    assert not {"\x1b", "\x07", "\u202e"} & set(shown)


def test_rows_as_json(cluster, capsys):
    digits = " union all ".join(f"select {n} as n" for n in range(40))
    columns = "a.n * 40 + b.n as n, 0.5::float8 as half, null as no"
    sql = f"select {columns} from ({digits}) a, ({digits}) b"

    assert run(cluster.cloud, sql + " order by 1", "--json") == 0

    rows = json.loads(capsys.readouterr().out)
    assert len(rows) == 1600
    assert rows[1599] == {"n": 1599, "half": 0.5, "no": None}


def test_a_failure_shows_what_the_database_says(cluster, capsys):
    assert run(cluster.cloud, "select * from nothing") == 1

    assert capsys.readouterr().err == 'ERROR: relation "nothing" does not exist\n'


def test_a_statement_without_rows_says_how_many_it_changed(cluster, capsys):
    run(cluster.cloud, "create table if not exists t (a int)")
    capsys.readouterr()

    assert run(cluster.cloud, "insert into t values (1), (2)") == 0
    assert capsys.readouterr().out == "Done, 2 rows.\n"


def test_a_query_runs_as_the_user_named(cluster, capsys):
    run(cluster.cloud, "create user reader password disable")
    run(cluster.cloud, "create table secret (a int)")

    assert run(cluster.cloud, "select * from secret", "--user", "reader") == 1
    assert "permission denied for relation secret" in capsys.readouterr().err


def test_another_warehouse_is_not_found(cluster):
    expected = "no warehouse 'other', expected one of redline-test"
    with pytest.raises(query.NoWarehouse, match=expected):
        run(cluster.cloud, "select 1", "--warehouse", "other")


def test_without_a_warehouse_it_says_what_to_do(tmp_path):
    with running(state=tmp_path) as empty, pytest.raises(query.NoWarehouse, match="deploy"):
        run(empty, "select 1")


def test_a_statement_is_utf_8_in_a_locale_without_its_characters():
    # How Python decodes the arguments of a process in such a locale (PEP 383).
    argument = "SELECT 'é→'".encode().decode("ascii", errors="surrogateescape")
    assert query._text(argument) == "SELECT 'é→'"
