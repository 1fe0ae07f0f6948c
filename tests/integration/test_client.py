"""The commands of the client that show a deployed environment with one run."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

pytestmark = pytest.mark.laptop

PIPELINES = {"bank", "census", "insurance", "tickit", "tickit-batch", "tickit-monitor"}


@pytest.fixture(scope="module")
def used(laptop, first_run):
    """The laptop cloud after the run of tickit that its schedule started."""
    return laptop


def lines(laptop, *words, columns=80):
    """Return the lines that a command prints on a terminal of this width."""
    ended = subprocess.run(
        laptop.command(*words),
        cwd=laptop.folder,
        env={**os.environ, **laptop.environment, "COLUMNS": str(columns)},
        capture_output=True,
        text=True,
        check=True,
    )
    return ended.stdout.splitlines()


def test_the_status_fits_on_one_screen(used):
    shown = lines(used, "status")
    assert len(shown) <= 24
    assert shown[0] == "local in us-east-1 on the laptop cloud"
    assert any(line.startswith("tickit ") and "Succeeded" in line for line in shown)
    assert "Stacks: 12, complete" in shown
    document = used.json("status")
    assert {each["pipeline"].removeprefix("redline-local-") for each in document["pipelines"]} == (
        PIPELINES
    )


def test_a_run_says_which_schedule_started_it(used, first_run):
    assert first_run["started_by"] == "the rule redline-local-tickit-schedule, rate(1 day)"
    shown = "\n".join(lines(used, "describe", first_run["execution_id"]))
    assert "by the rule redline-local-tickit-schedule" in shown


def test_pipelines_have_parameters_schedule_last_run_and_versions(used, first_run):
    found = {each["pipeline"]: each for each in used.json("pipelines")}
    tickit = found["redline-local-tickit"]
    assert tickit["schedule"] == "rate(1 day)"
    assert tickit["parameters"]["MaxErrorRatio"] == 0.9
    assert tickit["last_run"]["status"] in ("Succeeded", "Failed")
    assert found["redline-local-bank"]["serves"] is None


def test_versions_have_their_decisions(used, first_run):
    (registered,) = first_run["packages"]
    found = {each["arn"]: each for each in used.json("versions", "tickit", "--limit", "100")}
    assert found[registered["arn"]]["version"] == registered["version"]
    assert found[registered["arn"]]["status"]


def test_schedules_and_events_that_start_pipelines_are_listed(used):
    found = {each["rule"]: each for each in used.json("schedules")}
    assert found["redline-local-tickit-schedule"]["pipeline"] == "redline-local-tickit"
    assert found["redline-local-tickit-monitor-retraining"]["schedule"] is None


def test_alarms_that_are_on_are_first(used):
    states = [each["state"] for each in used.json("alarms")]
    assert set(states) <= {"ALARM", "INSUFFICIENT_DATA", "OK"}
    assert states == sorted(states)
    assert all(each["state"] == "ALARM" for each in used.json("alarms", "--on"))


@pytest.mark.parametrize("columns", [30, 80])
def test_no_width_cuts_an_id(used, first_run, columns):
    shown = lines(used, "runs", "--limit", "100", columns=columns)
    assert any(first_run["execution_id"] in line for line in shown)


def test_unusual_characters_are_shown_and_do_not_control_the_terminal(used):
    name = "-<script>alert(1)</script>"
    client = used.client("sagemaker")
    found = client.list_pipeline_executions(PipelineName="redline-local-tickit")
    arn = found["PipelineExecutionSummaries"][0]["PipelineExecutionArn"]
    client.update_pipeline_execution(
        PipelineExecutionArn=arn, PipelineExecutionDescription=f"{name}\x1b[2J[red]"
    )
    for words in (["runs"], ["describe", arn]):
        assert "\x1b" not in "\n".join(lines(used, *words))


def test_a_reader_that_ends_early_ends_the_command(used):
    command = [*used.command("query", "SELECT * FROM sales"), "--format", "csv"]
    with subprocess.Popen(command, cwd=used.folder, stdout=subprocess.PIPE) as child:
        assert child.stdout.readline().startswith(b"salesid,")
        child.stdout.close()
        assert child.wait() == 141


def test_a_csv_file_has_all_rows(used, tmp_path):
    file = Path(tmp_path, "sales.csv")
    with file.open("wb") as stdout:
        command = used.command("query", "SELECT * FROM sales ORDER BY salesid")
        subprocess.run(command, cwd=used.folder, stdout=stdout, check=True)
    (row,) = used.json("query", "SELECT COUNT(*) AS n, SUM(qtysold) AS sold FROM sales")
    header, *rows = file.read_text().splitlines()
    sold = header.split(",").index("qtysold")
    assert len(rows) == row["n"]
    assert sum(int(each.split(",")[sold]) for each in rows) == row["sold"]
