"""The cost of an execution, from the measured seconds of its jobs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from execution_reader.execution import started_steps
from execution_reader.run_cost import run_costs
from local_cloud.tests.deployed_models import Pages
from operations.cost.tables import print_run_costs
from prices import Price, PriceTable

START = datetime(2026, 1, 1, tzinfo=UTC)
PRICE = Price(usd=0.6, unit="hour", read="2026-01-01", source="https://aws.amazon.com")
TABLE = PriceTable("us-east-1", {"processing ml.m5.large": PRICE})
ARN = "arn:aws:sagemaker:us-east-1:123456789012:pipeline/p/execution/e"


def step(name, kind, job, **more):
    return {"StepName": name, "StepStatus": "Succeeded", "Metadata": {kind: {"Arn": job}}, **more}


class SageMaker:
    """An execution with a job of each kind; one result is reused, and one job still runs."""

    meta = SimpleNamespace(region_name="us-east-1")

    def get_paginator(self, operation):
        return Pages(getattr(self, operation))

    def list_pipeline_execution_steps(self, **_):
        steps = [
            step("Prepare", "ProcessingJob", "arn/prepare"),
            step(
                "Reused",
                "ProcessingJob",
                "arn/no",
                CacheHitResult={"SourcePipelineExecutionArn": "e/1"},
            ),
            step("Search", "TuningJob", "arn/search"),
            step("Score", "TransformJob", "arn/score"),
            {
                "StepName": "Check",
                "StepStatus": "Succeeded",
                "Metadata": {"QualityCheck": {"CheckJobArn": "arn/check"}},
            },
            {"StepName": "Gate", "StepStatus": "Succeeded", "Metadata": {"Condition": {}}},
        ]
        yield {"PipelineExecutionSteps": steps}

    def list_training_jobs_for_hyper_parameter_tuning_job(self, **_):
        yield {"TrainingJobSummaries": [{"TrainingJobArn": "arn/search-1"}]}

    def describe_processing_job(self, **_):
        cluster = {"InstanceType": "ml.m5.large", "InstanceCount": 2}
        end = START + timedelta(minutes=30)
        return {
            "ProcessingResources": {"ClusterConfig": cluster},
            "ProcessingStartTime": START,
            "ProcessingEndTime": end,
        }

    def describe_training_job(self, **_):
        resources = {"InstanceType": "ml.m5.large", "InstanceCount": 1}
        return {"ResourceConfig": resources, "BillableTimeInSeconds": 120}

    def describe_transform_job(self, **_):
        resources = {"InstanceType": "ml.m5.large", "InstanceCount": 1}
        return {"TransformResources": resources, "TransformStartTime": START}


@pytest.fixture
def lines():
    sagemaker = SageMaker()
    return list(run_costs(sagemaker, started_steps(sagemaker, ARN).values(), TABLE))


def test_a_job_costs_its_minutes_on_each_instance(lines):
    assert (lines[0].step, lines[0].usd) == ("Prepare", pytest.approx(0.6))


def test_a_reused_result_costs_nothing(lines):
    assert [each.step for each in lines] == ["Prepare", "Search", "Score", "Check"]


def test_an_unknown_price_and_a_running_job_have_no_cost(lines):
    search, score, _ = lines[1:]
    assert (search.job, search.used.usage, search.usd) == ("search-1", "training", None)
    assert (score.used, score.usd) == (None, None)


def test_the_total_names_what_is_unknown(lines, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    print_run_costs(lines)
    assert "Total: $1.2000, and 2 unknown (see docs/cost.md)" in capsys.readouterr().out
