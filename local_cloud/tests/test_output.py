"""Tables of commands fit into a terminal of any width, and cut nothing."""

from __future__ import annotations

import pytest

from local_cloud.output import print_rows

ROWS = [("a1b2c3d4e5f6", "redline-local-tickit-monitor", "Succeeded")] * 2


@pytest.mark.parametrize("columns", ["8", "30", "80", "many", "-1"])
def test_a_narrow_terminal_cuts_nothing(columns, monkeypatch, capsys):
    monkeypatch.setenv("COLUMNS", columns)
    print_rows(("execution", "pipeline", "status"), ROWS)
    printed = capsys.readouterr().out
    assert "…" not in printed
    if columns in ("80", "many"):
        assert len(printed.splitlines()) == 3
    signs = sorted("".join(printed.split()))
    for value in ROWS[0]:
        assert all(signs.count(sign) >= value.count(sign) for sign in value)
    if columns == "30":
        assert "a1b2c3d4e5f6" in printed


def test_rows_in_a_wide_terminal_are_a_table(monkeypatch, capsys):
    monkeypatch.setenv("COLUMNS", "60")
    print_rows(("execution", "pipeline", "status"), ROWS)
    title, first, _ = capsys.readouterr().out.splitlines()
    assert title.split() == ["execution", "pipeline", "status"]
    assert first.split() == list(ROWS[0])
