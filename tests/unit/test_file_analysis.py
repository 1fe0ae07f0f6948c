"""python -m pipeline_code analyse: a page from a file, without a cloud."""

from __future__ import annotations

import json

import pytest

from pipeline_code.__main__ import main

LINES = [f"{n % 7},{'yes' if n % 3 else 'no'},{'up' if n % 3 else 'down'}\n" for n in range(90)]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """The current folder, with rows that contain a leak."""
    (tmp_path / "rows.csv").write_text("".join(["number,y,state\n", *LINES]))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_findings_are_printed_and_the_page_is_written(folder, capsys):
    assert main(["analyse", "rows.csv", "--target", "y"]) == 0
    printed = capsys.readouterr().out
    assert printed.startswith("rows.csv: 90 rows, 3 columns\n")
    assert "leakage: state alone predicts y" in printed
    assert printed.endswith("Open analysis-rows.html.\n")
    assert "state alone predicts y" in (folder / "analysis-rows.html").read_text()


def test_the_document_is_printed_as_json(folder, capsys):
    given = ["analyse", "rows.csv", "--compare", "rows.csv", "-o", "page.html", "--json"]
    assert main(given) == 0
    assert json.loads(capsys.readouterr().out)["compared"]["rows"] == 90
    assert (folder / "page.html").is_file()


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (["rows.csv", "--target", "x"], "no column 'x' to predict: the data have number, y, state"),
        (["nothing.csv"], "no file with rows"),
        (["rows.csv", "-o", "missing/page.html"], "missing/page.html"),
    ],
)
def test_an_error_says_what_to_do(folder, given, message, capsys):
    assert main(["analyse", *given]) == 2
    assert message in capsys.readouterr().err
