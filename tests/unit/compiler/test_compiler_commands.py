"""The commands of the package: their output and exit codes."""

from __future__ import annotations

import json

import pytest

from pipeline_code.compiler import compiled
from pipeline_code.compiler.__main__ import main
from pipeline_code.pipelines import names


def test_lint_of_a_file_without_faults(path, capsys):
    assert main(["lint", str(path)]) == 0
    assert capsys.readouterr().out == f"{path}: no findings\n"


def test_lint_of_a_file_with_faults_exits_1_and_names_them(body, tmp_path, capsys):
    body["Parameters"].append({"Name": "Spare", "Type": "String"})
    body["Steps"][4]["Arguments"]["Conditions"][0]["Type"] = "ConditionLessThanOrEqualTo"
    path = tmp_path / "broken.json"
    path.write_text(json.dumps(body))
    assert main(["lint", str(path)]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == f"{path}: 2 findings"
    assert "unknown condition type" in lines[1]
    assert "unused parameter" in lines[2]


def test_several_are_linted_at_once_and_one_with_faults_decides(path, body, tmp_path, capsys):
    broken = tmp_path / "broken.json"
    broken.write_text(json.dumps({**body, "Steps": []}))
    assert main(["lint", str(path), str(broken)]) == 1
    assert f"{path}: no findings\n{broken}: " in capsys.readouterr().out


def test_a_pipeline_is_linted_and_printed(capsys):
    name, *_ = names()
    assert main(["lint", name]) == 0
    assert capsys.readouterr().out == f"{name}: no findings\n"
    assert main(["compile", name]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["body"] == compiled(name).body
    assert document["manifest"]["tags"]["Pipeline"] == name


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("tickets", "no pipeline named 'tickets'"),
        ("absent.json", "absent.json cannot be read as JSON"),
        ("list.json", "list.json contains no definition"),
    ],
)
def test_what_cannot_be_linted_is_said_in_one_line(name, said, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "list.json").write_text("[]")
    assert main(["lint", name]) == 2
    message = capsys.readouterr().err
    assert said in message
    assert message.count("\n") == 1


@pytest.mark.parametrize("arguments", [[], ["deploy", "tickit"], ["lint"]])
def test_other_commands_are_refused(arguments, capsys):
    with pytest.raises(SystemExit, match="2"):
        main(arguments)
    assert "usage: python -m pipeline_code.compiler" in capsys.readouterr().err
