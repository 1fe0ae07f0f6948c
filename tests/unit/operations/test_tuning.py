"""The report of a tuning job: printed, and written as JSON, CSV and a chart."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from botocore.exceptions import ClientError

from operations import OperationError
from operations.commands.tuning import run
from operations.environment_clients import EnvironmentClients
from operations.tuning import trials_frame
from stacks.environments import ENVIRONMENTS

START = datetime(2026, 1, 1, tzinfo=UTC)
OBJECTIVE = {"Type": "Minimize", "MetricName": "validation:logloss"}


def trial(number, objective, status="Completed", **hyperparameters):
    found = {
        "TrainingJobName": f"job-{number}",
        "TrainingJobStatus": status,
        "TrainingStartTime": START,
        "TrainingEndTime": START + timedelta(seconds=number),
        "TunedHyperParameters": hyperparameters,
    }
    metric = "FinalHyperParameterTuningJobObjectiveMetric"
    return found if objective is None else {**found, metric: {"Value": objective}}


class SageMaker:
    """A tuning job with three training jobs."""

    def __init__(self, jobs=("tune",)):
        self.jobs = jobs
        self.trials = [
            trial(1, 0.5, eta="0.1", kind="a"),
            trial(2, 0.25, "Stopped", eta="0.2", kind="b"),
            trial(3, None, "Failed", eta="0.3", kind="b"),
        ]

    def list_hyper_parameter_tuning_jobs(self, **_):
        found = [{"HyperParameterTuningJobName": name} for name in self.jobs]
        return {"HyperParameterTuningJobSummaries": found}

    def describe_hyper_parameter_tuning_job(self, **_):
        config = {"Strategy": "Random", "HyperParameterTuningJobObjective": OBJECTIVE}
        return {
            "HyperParameterTuningJobStatus": "Completed",
            "HyperParameterTuningJobConfig": config,
            "BestTrainingJob": {"TrainingJobName": "job-1"},
        }

    def get_paginator(self, operation):
        assert operation == "list_training_jobs_for_hyper_parameter_tuning_job"
        return self

    def paginate(self, **_):
        return [
            {"TrainingJobSummaries": self.trials[:2]},
            {"TrainingJobSummaries": self.trials[2:]},
        ]


def report(sagemaker, output: Path | None = None, **options):
    return run(
        EnvironmentClients.of(ENVIRONMENTS["local"], lambda _service: sagemaker),
        output=output,
        **options,
    )


def test_the_report_is_written_as_json_csv_and_chart(tmp_path):
    assert report(SageMaker(), tmp_path / "out") == 0
    written = json.loads((tmp_path / "out" / "report.json").read_text())
    assert (written["best"], len(written["trials"])) == ("job-1", 3)
    lines = (tmp_path / "out" / "trials.csv").read_text().splitlines()
    assert lines[0] == "number,training_job,status,objective,seconds,eta,kind"
    assert lines[1] == "1,job-1,Completed,0.5,1.0,0.1,a"
    drawn = ET.fromstring((tmp_path / "out" / "objective.svg").read_text())
    circles = drawn.findall("{http://www.w3.org/2000/svg}circle")
    assert [each.get("class") for each in circles] == ["done", "stopped"]


def test_numbers_are_numbers_in_the_frame():
    frame = trials_frame(SageMaker(), "tune")
    assert list(frame["eta"]) == [0.1, 0.2, 0.3]
    assert list(frame["kind"]) == ["a", "b", "b"]


def test_no_width_cuts_a_value(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "20")
    assert report(SageMaker()) == 0
    assert "Completed" in capsys.readouterr().out.splitlines()[2]


def test_an_unknown_job_is_named():
    sagemaker = SageMaker()
    sagemaker.describe_hyper_parameter_tuning_job = absent_job
    with pytest.raises(OperationError, match="There is no tuning job 'other'"):
        report(sagemaker, job="other")


def absent_job(**_):
    """Answer as the service does for a name that it does not know."""
    raise ClientError({"Error": {"Code": "ResourceNotFound", "Message": "…"}}, "Describe")


def test_the_best_training_job_is_printed(capsys):
    assert report(SageMaker()) == 0
    assert "tune: Completed, Random search" in capsys.readouterr().out


def test_without_a_tuning_job_the_error_says_what_to_do():
    with pytest.raises(OperationError, match="start a pipeline with a tuning step"):
        report(SageMaker(jobs=()))
