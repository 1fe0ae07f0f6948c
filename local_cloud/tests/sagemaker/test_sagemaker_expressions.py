"""Expressions, conditions, parameters, cache keys and retries, tested without services."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from botocore.exceptions import (
    ConnectionClosedError,
    EndpointConnectionError,
    NoCredentialsError,
    ReadTimeoutError,
)

from local_cloud.definition_rules.caching import DURATION
from local_cloud.sagemaker.exceptions import ExpressionError, ValidationFailed
from local_cloud.sagemaker.pipelines import conditions, pipeline_parameters, retry_policies
from local_cloud.sagemaker.pipelines.expressions import evaluate
from local_cloud.sagemaker.pipelines.property_paths import look_up, tokens
from local_cloud.sagemaker.pipelines.step_cache import (
    CachedResult,
    StepCache,
    cache_key,
    parse_duration,
)


class Scope:
    """A scope with fixed values."""

    def parameter(self, name):
        return {"Ratio": 0.9, "Count": 3, "Flag": True, "Name": "n"}[name]

    def execution_variable(self, name):
        return f"<{name}>"

    def step_property(self, step, path):
        outputs = [{"OutputName": "train", "S3Output": {"S3Uri": f"s3://b/{step}"}}]
        return look_up({"ProcessingOutputConfig": {"Outputs": outputs}}, path)

    def property_file_uri(self, step, name):
        return f"s3://b/{step}/{name}.json"

    def json_document(self, uri):
        return {"uri": uri, "metrics": {"rmse": [{"value": 1.5}], "a b": 2}}


def json_get(path, step="Eval", name="Report"):
    source = {"Get": f"Steps.{step}.PropertyFiles.{name}"}
    return {"Std:JsonGet": {"PropertyFile": source, "Path": path}}


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("plain", "plain"),
        ({"Get": "Parameters.Count"}, 3),
        ({"Get": "Execution.PipelineExecutionId"}, "<PipelineExecutionId>"),
        (
            {"Get": "Steps.P.ProcessingOutputConfig.Outputs['train'].S3Output.S3Uri"},
            "s3://b/P",
        ),
        ({"Get": "Steps.P.ProcessingOutputConfig.Outputs[0].OutputName"}, "train"),
        (
            {"Std:Join": {"On": "/", "Values": ["a", {"Get": "Parameters.Count"}, "b"]}},
            "a/3/b",
        ),
        (
            {
                "Std:Join": {
                    "On": "-",
                    "Values": [{"Get": "Parameters.Flag"}, {"Get": "Parameters.Ratio"}],
                }
            },
            "true-0.9",
        ),
        (
            {
                "Std:Join": {
                    "On": ",",
                    "Values": [{"Std:Join": {"On": "", "Values": ["x", "y"]}}, "z"],
                }
            },
            "xy,z",
        ),
        (json_get("metrics.rmse[0].value"), 1.5),
        (json_get("metrics['a b']"), 2),
        (json_get("uri"), "s3://b/Eval/Report.json"),
        ({"Std:JsonGet": {"S3Uri": "s3://x/y.json", "Path": "uri"}}, "s3://x/y.json"),
        ({"nested": [{"Get": "Parameters.Name"}], "kept": None}, {"nested": ["n"], "kept": None}),
    ],
)
def test_expressions(expression, value):
    assert evaluate(expression, Scope()) == value


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        (json_get("metrics.mae"), "metrics.mae does not exist in"),
        ({"Get": "Steps.P.Nothing"}, "Nothing does not exist"),
        ({"Get": "Steps.P.ProcessingOutputConfig.Outputs['test']"}, "test does not exist"),
    ],
)
def test_the_error_of_an_expression_names_the_missing_part(expression, expected):
    with pytest.raises(ExpressionError, match=expected):
        evaluate(expression, Scope())


def test_a_malformed_path_is_refused():
    with pytest.raises(ExpressionError, match="malformed"):
        tokens("a[")


@pytest.mark.parametrize(
    ("condition", "outcome"),
    [
        ({"Type": "Equals", "LeftValue": "a", "RightValue": "a"}, True),
        ({"Type": "Equals", "LeftValue": "1", "RightValue": 1}, False),
        ({"Type": "GreaterThan", "LeftValue": 2, "RightValue": 1}, True),
        ({"Type": "GreaterThanOrEqualTo", "LeftValue": 1, "RightValue": 1.0}, True),
        ({"Type": "LessThan", "LeftValue": 1, "RightValue": 1}, False),
        ({"Type": "LessThanOrEqualTo", "LeftValue": 0.9, "RightValue": 0.9}, True),
        ({"Type": "In", "QueryValue": "b", "Values": ["a", "b"]}, True),
        ({"Type": "In", "QueryValue": "c", "Values": ["a", "b"]}, False),
        ({"Type": "Not", "Condition": {"Type": "Equals", "LeftValue": 1, "RightValue": 2}}, True),
        (
            {
                "Type": "Or",
                "Conditions": [
                    {"Type": "Equals", "LeftValue": 1, "RightValue": 2},
                    {"Type": "In", "QueryValue": 1, "Values": [1]},
                ],
            },
            True,
        ),
    ],
)
def test_conditions(condition, outcome):
    assert conditions.all_hold([condition], lambda value: value) is outcome


def test_values_that_are_not_comparable_are_refused():
    condition = {"Type": "LessThan", "LeftValue": "1", "RightValue": 2}
    with pytest.raises(ExpressionError, match=r"cannot compare '1' \(str\) with 2 \(int\)"):
        conditions.all_hold([condition], lambda value: value)


DECLARED = pipeline_parameters.parse(
    [
        {"Name": "Count", "Type": "Integer", "DefaultValue": 1},
        {"Name": "Ratio", "Type": "Float", "DefaultValue": 1},
        {"Name": "Flag", "Type": "Boolean", "DefaultValue": False},
        {"Name": "Size", "Type": "String", "DefaultValue": "s", "EnumValues": ["s", "m"]},
        {"Name": "Bucket", "Type": "String"},
    ]
)


def resolve(**given):
    return pipeline_parameters.resolve(
        DECLARED, [{"Name": n, "Value": v} for n, v in given.items()]
    )


def test_parameter_values_have_the_declared_type():
    values = resolve(Bucket="b", Count="7", Ratio="0.25", Flag="True")
    assert values == {"Count": 7, "Ratio": 0.25, "Flag": True, "Size": "s", "Bucket": "b"}
    assert isinstance(resolve(Bucket="b")["Ratio"], float)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, r"Bucket \(String\) has no default value"),
        ({"Bucket": "b", "Cuont": "1"}, r"\['Cuont'\] are not defined"),
        (
            {"Bucket": "b", "Count": "1.5"},
            "'1.5' of the pipeline parameter Count is not of type Integer",
        ),
        ({"Bucket": "b", "Ratio": "nan"}, "is not of type Float"),
        ({"Bucket": "b", "Flag": "yes"}, "is not of type Boolean"),
        (
            {"Bucket": "b", "Size": "xl"},
            r"'xl' of the pipeline parameter Size is not one of \['s', 'm'\]",
        ),
    ],
)
def test_wrong_values_of_parameters_are_refused(given, expected):
    with pytest.raises(ValidationFailed, match=expected):
        resolve(**given)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("30d", timedelta(days=30)),
        ("5y", timedelta(days=5 * 365)),
        ("T16m", timedelta(minutes=16)),
        ("2m", timedelta(days=60)),
        ("30dT5h", timedelta(days=30, hours=5)),
        ("PT1H", timedelta(hours=1)),
        ("p1w", timedelta(weeks=1)),
    ],
)
def test_durations_of_caching(text, expected):
    assert parse_duration(text) == expected


@pytest.mark.parametrize("text", ["", "P", "T", "30", "1h", "soon"])
def test_a_text_that_is_not_a_duration(text):
    assert DURATION.fullmatch(text) is None


def test_the_cache_key_contains_the_documented_attributes():
    base = {"AppSpecification": {"ImageUri": "i"}, "Environment": {"A": "1"}, "RoleArn": "r"}
    key = cache_key("Processing", base)
    assert key == cache_key("Processing", base | {"RoleArn": "other", "ProcessingResources": {}})
    assert key != cache_key("Processing", base | {"Environment": {"A": "2"}})
    assert key != cache_key("Processing", base | {"ProcessingInputs": [{"InputName": "x"}]})
    training = {"HyperParameters": {"a": "1"}, "OutputDataConfig": {"S3OutputPath": "s3://a"}}
    other = training | {"OutputDataConfig": {"S3OutputPath": "s3://b"}}
    assert cache_key("Training", training) == cache_key("Training", other)
    assert cache_key("Training", training) != cache_key("Training", {"HyperParameters": {"a": "2"}})
    transform = {"ModelName": "a", "TransformResources": {"InstanceCount": 1}}
    assert cache_key("Transform", transform) == cache_key("Transform", {"ModelName": "a"})
    assert cache_key("Transform", transform) != cache_key("Transform", {"ModelName": "b"})
    search = {"ProblemType": "Regression", "OutputDataConfig": {}}
    assert cache_key("AutoML", search) == cache_key("AutoML", {"ProblemType": "Regression"})
    assert cache_key("AutoML", search) != cache_key("AutoML", {})


def test_the_newest_result_within_the_time_limit_is_found():
    cache, now = StepCache(), datetime(2026, 1, 10, tzinfo=UTC)
    for age in (9, 3, 1):
        ended = now - timedelta(days=age)
        cache.add("S", "k", CachedResult(f"arn-{age}", ended, {}, {}))
    found = cache.find("S", "k", since=now - timedelta(days=5))
    assert found is not None and found.execution_arn == "arn-1"
    assert cache.find("S", "k", since=now) is None
    assert cache.find("S", "other", since=now - timedelta(days=99)) is None
    assert cache.find("T", "k", since=now - timedelta(days=99)) is None


def test_retry_policies_back_off_and_end():
    policies = retry_policies.parse(
        [
            {
                "ExceptionType": ["Step.THROTTLING"],
                "IntervalSeconds": 2,
                "BackoffRate": 3.0,
                "MaxAttempts": 2,
                "ExpireAfterMin": 10,
            }
        ]
    )

    def delay(retry, kind=retry_policies.THROTTLING, minutes=0):
        elapsed = timedelta(minutes=minutes)
        return retry_policies.delay_before_retry(
            policies, exception_type=kind, retry=retry, elapsed=elapsed
        )

    assert [delay(1), delay(2), delay(3)] == [2.0, 6.0, None]
    assert delay(1, kind=retry_policies.CAPACITY_ERROR) is None
    assert delay(1, minutes=11) is None


def test_failed_calls_of_steps_without_a_policy_are_retried():
    def delays(kind):
        return [
            retry_policies.delay_before_retry((), exception_type=kind, retry=n, elapsed=timedelta())
            for n in range(1, 7)
        ]

    assert (
        delays(retry_policies.THROTTLING)
        == delays(retry_policies.SERVICE_FAULT)
        == [1, 2, 4, 8, 16, None]
    )
    assert delays(retry_policies.JOB_INTERNAL_ERROR) == [None] * 6


def test_a_call_without_response_is_a_service_fault_unless_it_timed_out():
    url = {"endpoint_url": "http://x"}
    assert (
        retry_policies.type_of_no_answer(ConnectionClosedError(**url))
        == retry_policies.SERVICE_FAULT
    )
    assert (
        retry_policies.type_of_no_answer(EndpointConnectionError(**url))
        == retry_policies.SERVICE_FAULT
    )
    assert retry_policies.type_of_no_answer(ReadTimeoutError(**url)) is None
    assert retry_policies.type_of_no_answer(NoCredentialsError()) is None


def test_the_exception_type_of_a_failed_job_follows_its_reason():
    assert (
        retry_policies.type_of_job_failure("InternalServerError: x")
        == "SageMaker.JOB_INTERNAL_ERROR"
    )
    assert (
        retry_policies.type_of_job_failure("CapacityError: none left") == "SageMaker.CAPACITY_ERROR"
    )
    assert retry_policies.type_of_job_failure("AlgorithmError: x, exit code: 1") is None
