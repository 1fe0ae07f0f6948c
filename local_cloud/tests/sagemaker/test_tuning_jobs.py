"""Hyperparameter tuning jobs through boto3: a real search over training jobs."""

from __future__ import annotations

import io
import json
import tarfile
from types import SimpleNamespace
from uuid import uuid4

import pytest
from botocore.exceptions import ClientError
from sagemaker.core.analytics import HyperparameterTuningJobAnalytics, TrainingJobAnalytics

# The objective is a function of the hyperparameters with its minimum at rate = 0.1, depth = 4.
TRAIN = """
import json, math, os, pathlib
given = json.loads(pathlib.Path("/opt/ml/input/config/hyperparameters.json").read_text())
assert given["_tuning_objective_metric"] == "loss", given
rate, depth = float(given.get("rate", 0.1)), int(given.get("depth", 4))
loss = math.log10(rate / 0.1) ** 2 + (depth - 4) ** 2 + {"a": 0, "b": 1}[given.get("kind", "a")]
print(f"loss={loss};")
pathlib.Path("/opt/ml/model/given.json").write_text(json.dumps(given))
"""
LOSS = [{"Name": "loss", "Regex": "loss=([0-9.e+-]+);"}]
RATE = {"Name": "rate", "MinValue": "0.001", "MaxValue": "10", "ScalingType": "Logarithmic"}
DEPTH = {"Name": "depth", "MinValue": "1", "MaxValue": "8"}
KIND = {"Name": "kind", "Values": ["a", "b"]}
RANGES = {
    "ContinuousParameterRanges": [RATE],
    "IntegerParameterRanges": [DEPTH],
    "CategoricalParameterRanges": [KIND],
}


def archive(script):
    """Return the archive of a script."""
    packed, content = io.BytesIO(), script.encode()
    with tarfile.open(fileobj=packed, mode="w:gz") as opened:
        member = tarfile.TarInfo("run.py")
        member.size = len(content)
        opened.addfile(member, io.BytesIO(content))
    return packed.getvalue()


def tuning(workshop, script=TRAIN, *, ranges=None, jobs=4, parallel=2, static=None, **config):
    definition = workshop.training("")
    # The training jobs of a tuning job have no ContainerEntrypoint in the API.
    algorithm = definition["AlgorithmSpecification"]
    del algorithm["ContainerEntrypoint"]
    algorithm["MetricDefinitions"] = LOSS
    code = workshop.put(f"code/{uuid4().hex}/sourcedir.tar.gz", archive(script))
    mode = {"sagemaker_program": "run.py", "sagemaker_submit_directory": code}
    limits = {"MaxParallelTrainingJobs": parallel}
    return {
        "HyperParameterTuningJobConfig": {
            "Strategy": "Random",
            "HyperParameterTuningJobObjective": {"Type": "Minimize", "MetricName": "loss"},
            "ResourceLimits": limits | ({} if jobs is None else {"MaxNumberOfTrainingJobs": jobs}),
            "ParameterRanges": RANGES if ranges is None else ranges,
            "RandomSeed": 7,
            **config,
        },
        "TrainingJobDefinition": {**definition, "StaticHyperParameters": mode | (static or {})},
    }


def start(workshop, request):
    name = f"tune-{uuid4().hex[:8]}"
    workshop.sagemaker.create_hyper_parameter_tuning_job(
        HyperParameterTuningJobName=name, **request
    )
    return name


def describe(workshop, name):
    return workshop.sagemaker.describe_hyper_parameter_tuning_job(HyperParameterTuningJobName=name)


def finish(workshop, name):
    return workshop.until(
        lambda: describe(workshop, name),
        lambda found: found["HyperParameterTuningJobStatus"] not in ("InProgress", "Stopping"),
    )


def trials(workshop, name, **more):
    return workshop.sagemaker.list_training_jobs_for_hyper_parameter_tuning_job(
        HyperParameterTuningJobName=name, **more
    )["TrainingJobSummaries"]


def test_a_tuning_job_runs_training_jobs_and_finds_the_best(workshop):
    name = start(workshop, tuning(workshop, static={"fixed": "1"}))
    found = finish(workshop, name)
    assert found["HyperParameterTuningJobStatus"] == "Completed", found.get("FailureReason")
    assert found["TrainingJobStatusCounters"]["Completed"] == 4
    assert found["ObjectiveStatusCounters"] == {"Succeeded": 4, "Pending": 0, "Failed": 0}
    best = found["BestTrainingJob"]
    ranked = trials(workshop, name, SortBy="FinalObjectiveMetricValue", SortOrder="Ascending")
    values = [each["FinalHyperParameterTuningJobObjectiveMetric"]["Value"] for each in ranked]
    assert values == sorted(values)
    assert ranked[0] == best
    assert best["TrainingJobName"].startswith(f"{name}-00")
    assert set(best["TunedHyperParameters"]) == {"rate", "depth", "kind"}
    described = workshop.sagemaker.describe_training_job(TrainingJobName=best["TrainingJobName"])
    assert described["TuningJobArn"] == found["HyperParameterTuningJobArn"]
    given = {"_tuning_objective_metric": "loss", "fixed": "1", **best["TunedHyperParameters"]}
    assert given.items() <= described["HyperParameters"].items()
    assert workshop.keys(f"models/{best['TrainingJobName']}/output/model.tar.gz")
    (listed,) = workshop.sagemaker.list_hyper_parameter_tuning_jobs(NameContains=name)[
        "HyperParameterTuningJobSummaries"
    ]
    assert (listed["Strategy"], listed["HyperParameterTuningJobStatus"]) == ("Random", "Completed")
    assert listed["ResourceLimits"]["MaxNumberOfTrainingJobs"] == 4


def test_a_grid_search_tries_every_combination_once(workshop):
    other = {"Name": "depth", "Values": ["2", "4"]}
    ranges = {"CategoricalParameterRanges": [KIND, other]}
    request = tuning(workshop, ranges=ranges, jobs=None, parallel=2, Strategy="Grid")
    name = start(workshop, request)
    found = finish(workshop, name)
    assert found["BestTrainingJob"]["TunedHyperParameters"] == {"kind": "a", "depth": "4"}
    tried = [each["TunedHyperParameters"] for each in trials(workshop, name)]
    assert len(tried) == len({json.dumps(each, sort_keys=True) for each in tried}) == 4


def test_a_search_ends_at_the_target(workshop):
    criteria = {"TargetObjectiveMetricValue": 100.0}
    ranges = {"IntegerParameterRanges": [DEPTH]}
    request = tuning(workshop, ranges=ranges, parallel=1, TuningJobCompletionCriteria=criteria)
    name = start(workshop, request)
    assert finish(workshop, name)["TrainingJobStatusCounters"]["Completed"] == 1


EPOCHS = """
import json, pathlib, time
given = json.loads(pathlib.Path("/opt/ml/input/config/hyperparameters.json").read_text())
depth = int(given["depth"])
for epoch in range(1, 10):
    print(f"loss={depth + 1 / epoch};", flush=True)
time.sleep(0 if depth == 1 else 600)  # until it is stopped
"""


def test_hopeless_jobs_are_stopped_early(workshop):
    depths = {"Name": "depth", "Values": ["1", "8"]}
    ranges = {"CategoricalParameterRanges": [depths]}
    config = {"TrainingJobEarlyStoppingType": "Auto", "RandomSeed": 6}  # depths 1, 1, 8
    name = start(workshop, tuning(workshop, EPOCHS, ranges=ranges, jobs=3, parallel=1, **config))
    found = finish(workshop, name)
    assert found["HyperParameterTuningJobStatus"] == "Completed", found.get("FailureReason")
    assert found["TrainingJobStatusCounters"]["Stopped"] > 0
    assert found["BestTrainingJob"]["TunedHyperParameters"] == {"depth": "1"}


def test_a_tuning_job_can_be_stopped(workshop):
    name = start(workshop, tuning(workshop, "import time; time.sleep(60)", parallel=2))
    workshop.until(lambda: trials(workshop, name), bool)
    workshop.sagemaker.stop_hyper_parameter_tuning_job(HyperParameterTuningJobName=name)
    found = finish(workshop, name)
    assert found["HyperParameterTuningJobStatus"] == "Stopped"
    assert {each["TrainingJobStatus"] for each in trials(workshop, name)} == {"Stopped"}
    assert "BestTrainingJob" not in found


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ("raise SystemExit(1)", "All training jobs failed"),
        ("print('nothing')", "No objective metrics found after running 2 training jobs"),
    ],
)
def test_a_search_without_results_fails(workshop, script, reason):
    found = finish(workshop, start(workshop, tuning(workshop, script, jobs=2)))
    assert found["HyperParameterTuningJobStatus"] == "Failed"
    assert reason in found["FailureReason"]


def changed(**members):
    return lambda request: request["HyperParameterTuningJobConfig"].update(members)


def ranged(kind, **members):
    ranges = {f"{kind}ParameterRanges": [{"Name": "x", **members}]}
    return changed(ParameterRanges=ranges)


PARENT = {"HyperParameterTuningJobName": "parent"}
LIMITS = {"MaxNumberOfTrainingJobs": 2, "MaxParallelTrainingJobs": 3}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            lambda request: request.update(
                WarmStartConfig={
                    "ParentHyperParameterTuningJobs": [PARENT],
                    "WarmStartType": "TransferLearning",
                }
            ),
            "WarmStartConfig is not supported here",
        ),
        (
            lambda request: request["TrainingJobDefinition"].update(
                AlgorithmSpecification={
                    "AlgorithmName": "arn:aws:sagemaker:us-east-1:865070037744:algorithm/of-vendor",
                    "TrainingInputMode": "File",
                }
            ),
            "AlgorithmSpecification.AlgorithmName is not supported here",
        ),
        (lambda request: request.update(Autotune={"Mode": "Enabled"}), "Autotune"),
        (
            lambda request: request["TrainingJobDefinition"].update(
                HyperParameterTuningResourceConfig={
                    "InstanceConfigs": [
                        {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 1}
                    ]
                }
            ),
            "HyperParameterTuningResourceConfig.InstanceConfigs is not supported here",
        ),
        (ranged("Integer", MinValue="5", MaxValue="2"), "MinValue 5 must be less than MaxValue 2"),
        (ranged("Integer", MinValue="1.5", MaxValue="2"), "must each be an integer"),
        (
            ranged("Continuous", MinValue="0", MaxValue="1", ScalingType="Logarithmic"),
            "a Logarithmic range must be above 0",
        ),
        (
            ranged("Continuous", MinValue="0", MaxValue="1", ScalingType="ReverseLogarithmic"),
            "must be in [0, 1)",
        ),
        (changed(ParameterRanges={}), "at least one range"),
        (changed(Strategy="Grid"), "categorical ranges only"),
        (changed(Strategy="Hyperband"), "HyperbandStrategyConfig.MaxResource is missing"),
        (changed(ResourceLimits=LIMITS), "must not be greater than MaxNumberOfTrainingJobs 2"),
        (
            changed(HyperParameterTuningJobObjective={"Type": "Minimize", "MetricName": "auc"}),
            "The objective metric 'auc' is not defined; the metrics are loss.",
        ),
        (
            lambda request: request["TrainingJobDefinition"].update(
                StaticHyperParameters={"depth": "3"}
            ),
            "depth has a range and a static value",
        ),
    ],
)
def test_what_is_invalid_or_not_supported_is_refused_by_name(workshop, change, message):
    request = tuning(workshop)
    change(request)
    with pytest.raises(ClientError) as raised:
        start(workshop, request)
    assert message in raised.value.response["Error"]["Message"]


def test_the_sdk_s_analytics_return_the_jobs_and_their_metrics_as_tables(workshop, cloud):
    """HyperparameterTuningJobAnalytics and TrainingJobAnalytics of SDK 3."""
    name = start(workshop, tuning(workshop, jobs=2))
    finish(workshop, name)
    boto_session = SimpleNamespace(client=cloud.client)
    session = SimpleNamespace(sagemaker_client=workshop.sagemaker, boto_session=boto_session)
    jobs = HyperparameterTuningJobAnalytics(name, sagemaker_session=session).dataframe()
    assert set(jobs["TrainingJobStatus"]) == {"Completed"}
    assert {"rate", "depth", "kind", "FinalObjectiveValue"} <= set(jobs.columns)
    first = jobs.iloc[0]
    curve = TrainingJobAnalytics(
        first["TrainingJobName"], metric_names=["loss"], sagemaker_session=session
    ).dataframe()
    assert list(curve["metric_name"]) == ["loss"]
    assert curve["value"][0] == pytest.approx(first["FinalObjectiveValue"])
