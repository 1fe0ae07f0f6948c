"""Two runs side by side."""

from __future__ import annotations

import json
from dataclasses import replace

from operations.commands import compare as command
from operations.executions.comparison import compare
from tests.unit.operations.board.board_account import BoardAccount
from tests.unit.recorded_account import EXECUTION
from tests.unit.run_report.sample_facts import facts

ID = EXECUTION.rpartition("/")[2]


def rows(a, b, identifier):
    found = {each.identifier: each.rows for each in compare((a, b))}
    return {row.name: row for row in found.get(identifier, ())}


def test_what_differs_is_marked():
    other = replace(facts(), properties={**facts().properties, "code_sha256": "other"})
    origin = rows(facts(), other, "lineage")
    assert origin["code_sha256"].differs
    assert [name for name, row in origin.items() if row.differs] == ["code_sha256"]


def test_durations_differ_without_a_mark():
    longer = replace(facts(), ended=facts().ended.replace(hour=23))
    duration = rows(facts(), longer, "runs")["Duration"]
    assert not duration.differs
    assert duration.difference.startswith("+")


def test_metrics_have_their_difference():
    metric = {"m": {"rmse": {"value": 2.5}}}
    a = replace(facts(), documents={"Evaluate/evaluation/evaluation.json": metric})
    b = replace(facts(), documents={})
    assert rows(a, a, "metrics")["rmse"].difference == "+0"
    assert (rows(a, b, "metrics")["rmse"].b, rows(a, b, "metrics")["rmse"].difference) == (None, "")


def test_rows_of_all_instances_are_added():
    documents = {
        f"Prepare/report/report-algo-{number}.json": {"rows": {"read": 3}} for number in (1, 2)
    }
    a = replace(facts(), documents=documents)
    assert rows(a, a, "rows")["read"].a == "6"


def test_the_command_prints_each_section_and_json(capsys):
    aws = BoardAccount().clients()
    assert command.run(aws, ID, ID) == 0
    shown = capsys.readouterr().out
    assert "Metrics" in shown
    assert "rmse" in shown
    assert command.run(aws, ID, ID, as_json=True) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["executions"] == [ID, ID]
    assert not any(row["differs"] for row in document["metrics"])
