"""AutoML jobs: a search with a leaderboard, whose best candidate answers requests."""

from __future__ import annotations

import json
import random
from uuid import uuid4

import pytest
from botocore.exceptions import ClientError

HEADER = "size,colour,is_new,sold"


def rows(count, seed=1):
    """Return rows whose target follows from the size and the colour."""
    generator = random.Random(seed)
    for _ in range(count):
        size, colour = generator.uniform(0, 10), generator.choice(["red", "blue"])
        sold = "yes" if size + 4 * (colour == "red") > 7 else "no"
        yield f"{size:.3f},{colour},{generator.choice(['True', 'False'])},{sold}"


def text(count, *, header=True, seed=1):
    return "\n".join([*([HEADER] if header else []), *rows(count, seed)]) + "\n"


def automl(workshop, files, *, target="sold", candidates=2, **more):
    folder = uuid4().hex[:8]
    for name, content in files.items():
        workshop.put(f"{folder}/{name}", content)
    source = {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": workshop.uri(f"{folder}/")}}
    criteria = {"MaxCandidates": candidates, "MaxAutoMLJobRuntimeInSeconds": 600}
    return {
        "RoleArn": workshop.role,
        "InputDataConfig": [{"DataSource": source, "TargetAttributeName": target}],
        "OutputDataConfig": {"S3OutputPath": workshop.uri("automl")},
        "AutoMLJobConfig": {"Mode": "ENSEMBLING", "CompletionCriteria": criteria},
        **more,
    }


def run(workshop, request):
    name = f"auto-{uuid4().hex[:8]}"
    workshop.sagemaker.create_auto_ml_job(AutoMLJobName=name, **request)
    return workshop.until(
        lambda: workshop.sagemaker.describe_auto_ml_job(AutoMLJobName=name),
        lambda found: found["AutoMLJobStatus"] not in ("InProgress", "Stopping"),
    )


def test_a_search_has_a_leaderboard_and_its_best_candidate_answers(workshop, bench):
    request = automl(workshop, {"a.csv": text(120), "b.csv": text(60, header=False, seed=2)})
    found = run(workshop, request)
    assert found["AutoMLJobStatus"] == "Completed", found.get("FailureReason")
    assert found["ResolvedAttributes"] == {
        "AutoMLJobObjective": {"MetricName": "F1"},
        "ProblemType": "BinaryClassification",
    }
    listed = workshop.sagemaker.list_candidates_for_auto_ml_job(
        AutoMLJobName=found["AutoMLJobName"]
    )["Candidates"]
    values = [each["FinalAutoMLJobObjectiveMetric"]["Value"] for each in listed]
    assert len(values) == 2
    assert values == sorted(values, reverse=True)
    assert values[0] > 0.9
    assert listed[0] == found["BestCandidate"]
    (container,) = found["BestCandidate"]["InferenceContainers"]
    name = f"best-{uuid4().hex[:8]}"
    workshop.sagemaker.create_model(
        ModelName=name, ExecutionRoleArn=workshop.role, PrimaryContainer=container
    )
    endpoint = bench.serving(bench.config(bench.variant(name)))
    answer = bench.ask(endpoint, "9.5,red,True\n0.5,blue,False\n")
    assert answer.split() == ["yes", "no"]


def test_a_step_of_a_pipeline_has_the_best_candidate_as_a_property(workshop):
    arguments = automl(workshop, {"a.csv": text(60)}, candidates=1)
    container = "Steps.Search.BestCandidate.InferenceContainers[0]"
    model = {
        "ExecutionRoleArn": workshop.role,
        "PrimaryContainer": {
            "Image": {"Get": f"{container}.Image"},
            "ModelDataUrl": {"Get": f"{container}.ModelDataUrl"},
            "Environment": {"MODEL_NAME": {"Get": f"{container}.Environment['MODEL_NAME']"}},
        },
    }
    report = "Steps.Search.BestCandidateProperties.ModelInsightsJsonReportPath"
    show = workshop.step("Show", "Fail", {"ErrorMessage": {"Get": report}}, DependsOn=["Model"])
    outcome = workshop.run(
        workshop.pipeline(
            [
                workshop.step("Search", "AutoML", arguments),
                workshop.step("Model", "Model", model),
                show,
            ]
        )
    )
    assert outcome.status_of("Search") == outcome.status_of("Model") == "Succeeded", outcome.reasons
    key = outcome.reasons["Show"].partition(f"{workshop.bucket}/")[2]
    board = json.loads(workshop.text(key))
    assert [each["name"] for each in board["candidates"]] == ["linear"]


def test_a_report_that_is_not_computed_is_refused_before_the_search(workshop):
    report = "Steps.Search.BestCandidateProperties.ExplainabilityJsonReportPath"
    search = workshop.step("Search", "AutoML", automl(workshop, {"a.csv": text(60)}))
    show = workshop.step("Show", "Fail", {"ErrorMessage": {"Get": report}})
    with pytest.raises(ClientError, match=f"Step Show: {report} is not supported here"):
        workshop.pipeline([search, show])


@pytest.mark.parametrize(
    ("files", "more", "reason"),
    [
        (
            {"a.csv": text(5), "b.csv": text(5), "c.csv": text(5, header=False)},
            {},
            "c.csv has none. Either each file has a header row, or only the first file",
        ),
        ({"a.csv": text(9, header=False)}, {}, "a.csv, has no header row with the target 'sold'"),
        ({"a.csv": text(5)}, {"target": "price"}, "no header row with the target 'price'"),
        ({"a.csv": "a\nb\n"}, {"target": "a"}, "a.csv is not a CSV file with at least two columns"),
    ],
)
def test_the_files_are_checked_before_any_work(workshop, files, more, reason):
    found = run(workshop, automl(workshop, files, **more))
    assert found["AutoMLJobStatus"] == "Failed"
    assert reason in found["FailureReason"]


def test_more_than_5_gb_are_refused(workshop, monkeypatch):
    monkeypatch.setattr("local_cloud.sagemaker.jobs.automl.data_checks.MAX_BYTES", 100)
    found = run(workshop, automl(workshop, {"a.csv": text(20)}))
    assert "at most 5 GB" in found["FailureReason"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"AutoMLJobConfig": {"Mode": "AUTO"}}, "Mode must be ENSEMBLING"),
        ({"GenerateCandidateDefinitionsOnly": True}, "GenerateCandidateDefinitionsOnly"),
        (
            {
                "AutoMLJobObjective": {"MetricName": "MASE"},
                "ProblemType": "Regression",
            },
            "AutoMLJobObjective.MetricName MASE is not supported here",
        ),
        ({"AutoMLJobObjective": {"MetricName": "AUC"}}, "needs a ProblemType"),
    ],
)
def test_what_is_not_supported_is_refused_by_name(workshop, change, message):
    with pytest.raises(ClientError) as raised:
        run(workshop, automl(workshop, {"a.csv": text(5)}) | change)
    assert message in raised.value.response["Error"]["Message"]
