"""AWS' rules for Tuning, AutoML, EMR and EMR Serverless steps, with one error per case."""

from __future__ import annotations

import copy

import pytest

from local_cloud.definition_rules.rules import findings_of

ROLE = "arn:aws:iam::111122223333:role/jobs"
CHANNEL = {
    "DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": "s3://lake/rows"}},
    "TargetAttributeName": "sold",
}
ARGUMENTS = {
    "Tuning": {
        "HyperParameterTuningJobConfig": {
            "Strategy": "Bayesian",
            "HyperParameterTuningJobObjective": {
                "Type": "Minimize",
                "MetricName": "validation:rmse",
            },
            "ResourceLimits": {"MaxNumberOfTrainingJobs": 4, "MaxParallelTrainingJobs": 2},
            "ParameterRanges": {
                "IntegerParameterRanges": [{"Name": "depth", "MinValue": "1", "MaxValue": "4"}]
            },
        },
        "TrainingJobDefinition": {
            "RoleArn": ROLE,
            "AlgorithmSpecification": {"TrainingImage": "image", "TrainingInputMode": "File"},
            "OutputDataConfig": {
                "S3OutputPath": {
                    "Std:Join": {
                        "On": "/",
                        "Values": ["s3://lake", {"Get": "Execution.PipelineExecutionId"}],
                    }
                }
            },
            "ResourceConfig": {
                "InstanceType": "ml.m5.large",
                "InstanceCount": 1,
                "VolumeSizeInGB": 10,
            },
            "StoppingCondition": {"MaxRuntimeInSeconds": 600},
        },
    },
    "AutoML": {
        "RoleArn": ROLE,
        "InputDataConfig": [CHANNEL],
        "OutputDataConfig": {"S3OutputPath": "s3://lake/automl"},
        "AutoMLJobConfig": {"Mode": "ENSEMBLING"},
    },
    "EMR": {
        "StepConfig": {"HadoopJarStep": {"Jar": "command-runner.jar", "Args": ["spark-submit"]}},
        "ClusterConfig": {"Instances": {"InstanceGroups": [{"InstanceType": "m5.xlarge"}]}},
    },
    "EMRServerless": {
        "ExecutionRoleArn": ROLE,
        "ApplicationId": "00abc",
        "JobConfig": {"jobDriver": {"sparkSubmit": {"entryPoint": "s3://lake/job.py"}}},
    },
}


def found(kind, *keys, value=None):
    """Return the findings for a step with one changed argument; None removes the argument."""
    arguments = copy.deepcopy(ARGUMENTS[kind])
    place = arguments
    for key in keys[:-1]:
        place = place[key]
    if keys and value is None:
        del place[keys[-1]]
    elif keys:
        place[keys[-1]] = value
    step = {"Name": "Step", "Type": kind, "Arguments": arguments}
    return findings_of({"Version": "2020-12-01", "Steps": [step]})


@pytest.mark.parametrize("kind", sorted(ARGUMENTS))
def test_a_valid_step_has_no_findings(kind):
    assert found(kind) == []


CONFIG = "HyperParameterTuningJobConfig"
RANGES = (CONFIG, "ParameterRanges")
REVERSED = [{"Name": "depth", "MinValue": "4", "MaxValue": "1"}]


@pytest.mark.parametrize(
    ("kind", "keys", "value", "rule"),
    [
        ("Tuning", ("TrainingJobDefinition",), None, "not exactly one kind of definition"),
        (
            "Tuning",
            ("TrainingJobDefinition", "AlgorithmSpecification", "AlgorithmName"),
            "arn:aws:sagemaker:us-east-1:111122223333:algorithm/of-vendor",
            "not exactly one algorithm",
        ),
        (
            "Tuning",
            (*RANGES, "IntegerParameterRanges"),
            REVERSED,
            "invalid range of a hyperparameter",
        ),
        ("Tuning", (CONFIG, "Strategy"), "Grid", "grid search over numbers"),
        ("Tuning", (CONFIG, "ResourceLimits"), None, "missing field"),
        ("AutoML", ("AutoMLJobConfig", "Mode"), "AUTO", "mode of AutoML"),
        ("AutoML", ("AutoMLJobConfig",), None, "mode of AutoML"),
        ("AutoML", ("ProblemType",), "Regression", "half of a problem"),
        (
            "AutoML",
            ("GenerateCandidateDefinitionsOnly",),
            True,
            "member that AutoML steps cannot have",
        ),
        ("EMR", ("ClusterId",), "j-1", "not exactly one of ClusterId and ClusterConfig"),
        ("EMR", ("ExecutionRoleArn",), ROLE, "role without a cluster"),
        ("EMR", ("StepConfig", "HadoopJarStep", "Jar"), None, "missing field"),
        ("EMR", ("ClusterConfig", "Name"), "mine", "member that the service sets"),
        (
            "EMR",
            ("ClusterConfig", "Instances", "TerminationProtected"),
            True,
            "member that the service sets",
        ),
        (
            "EMR",
            ("ClusterConfig", "Instances", "InstanceGroups"),
            None,
            "not exactly one of InstanceGroups and InstanceFleets",
        ),
        (
            "EMRServerless",
            ("ApplicationConfig",),
            {"type": "SPARK"},
            "not exactly one of ApplicationId and ApplicationConfig",
        ),
        ("EMRServerless", ("ExecutionRoleArn",), None, "missing field"),
        ("EMRServerless", ("JobConfig", "jobDriver"), None, "missing field"),
    ],
)
def test_an_error_is_found_with_its_path(kind, keys, value, rule):
    assert rule in [finding.rule for finding in found(kind, *keys, value=value)]


def test_hyperband_has_no_other_early_stopping():
    config = {
        **ARGUMENTS["Tuning"][CONFIG],
        "Strategy": "Hyperband",
        "TrainingJobEarlyStoppingType": "Auto",
    }
    rules = [finding.rule for finding in found("Tuning", CONFIG, value=config)]
    assert rules == ["early stopping with Hyperband"]
