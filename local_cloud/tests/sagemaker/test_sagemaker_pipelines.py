"""Pipelines that run completely on a server in this process."""

from __future__ import annotations

import json
import re
from uuid import uuid4

import pytest
from botocore.exceptions import ClientError

WRITE = """
import pathlib, sys
pathlib.Path("/opt/ml/processing/output/out/said.txt").write_text(" ".join(sys.argv[1:]))
"""
REPORT = """
import json, pathlib
pathlib.Path("/opt/ml/processing/output/out/report.json").write_text(
    json.dumps({"metrics": {"ratio": {"value": 0.75}}})
)
"""
SLOW = "import time; time.sleep(60)"
FAILS = "raise SystemExit(7)"
# Ends when another step of its execution has failed.
UNTIL_A_STEP_FAILS = """
import boto3, sys, time
sagemaker = boto3.client("sagemaker")
def failed():
    found = sagemaker.list_pipeline_execution_steps(PipelineExecutionArn=sys.argv[1])
    return any(step["StepStatus"] == "Failed" for step in found["PipelineExecutionSteps"])
while not failed():
    time.sleep(0.1)
"""


def join(*values, on="/"):
    return {"Std:Join": {"On": on, "Values": list(values)}}


def get(path):
    return {"Get": path}


def parameter(name, kind, *default, **more):
    declared = {"Name": name, "Type": kind} | more
    return declared | ({"DefaultValue": default[0]} if default else {})


def equals(left, right):
    return {"Type": "Equals", "LeftValue": left, "RightValue": right}


def json_get(step, path):
    file = {"Get": f"Steps.{step}.PropertyFiles.Report"}
    return {"Std:JsonGet": {"PropertyFile": file, "Path": path}}


def say(workshop, name, *arguments, **more):
    """Return a fast step that writes its arguments to the output out/said.txt."""
    uri = join("s3:/", workshop.bucket, get("Execution.PipelineExecutionId"), name)
    request = workshop.processing(WRITE, outputs={"out": uri}, arguments=list(arguments))
    return workshop.step(name, "Processing", request, **more)


def work(workshop, name, script, *arguments, **more):
    request = workshop.processing(script, arguments=list(arguments))
    return workshop.step(name, "Processing", request, **more)


def report(workshop):
    request = workshop.processing(REPORT, outputs={"out": workshop.uri("report")})
    file = {"PropertyFileName": "Report", "OutputName": "out", "FilePath": "report.json"}
    return workshop.step("Evaluate", "Processing", request, PropertyFiles=[file])


def fail(workshop, name="Reject", message="no"):
    return workshop.step(name, "Fail", {"ErrorMessage": message})


def condition(workshop, conditions, *, yes=(), no=(), name="Check"):
    branches = {"IfSteps": list(yes), "ElseSteps": list(no)}
    return workshop.step(name, "Condition", {"Conditions": conditions} | branches)


def test_a_processing_step_runs_its_script(workshop):
    pipeline = workshop.pipeline([say(workshop, "Say", "hello")])
    outcome = workshop.run(pipeline)
    assert outcome.reasons == {}
    assert outcome.status_of("Say") == outcome.status == "Succeeded"
    assert workshop.text(f"{outcome.id}/Say/said.txt") == "hello"
    step = outcome.steps["Say"]
    job = step["Metadata"]["ProcessingJob"]["Arn"].rpartition("/")[2]
    assert job.startswith(f"pipelines-{outcome.id}-Say-")
    assert step["AttemptCount"] == 1
    assert step["StartTime"] <= step["EndTime"]


def test_the_name_in_a_definition_is_a_prefix(workshop):
    """https://docs.aws.amazon.com/sagemaker/latest/dg/build-and-manage-access.html"""
    request = workshop.processing("") | {"ProcessingJobName": "mine"}
    outcome = workshop.run(workshop.pipeline([workshop.step("Prepare", "Processing", request)]))
    assert outcome.status == "Succeeded", outcome.reasons
    name = outcome.steps["Prepare"]["Metadata"]["ProcessingJob"]["Arn"].rpartition("/")[2]
    assert re.fullmatch(f"mine-{outcome.id}-[A-Za-z0-9]{{10}}", name)


def test_expressions_are_resolved_with_parameters_and_overrides(workshop):
    parameters = [
        parameter("Word", "String", "default"),
        parameter("Count", "Integer", 2),
        parameter("Ratio", "Float", 0.5),
    ]
    words = [
        get("Parameters.Word"),
        join("n", get("Parameters.Count"), get("Parameters.Ratio"), on="="),
        get("Execution.PipelineName"),
        get("Execution.PipelineExecutionArn"),
    ]
    pipeline = workshop.pipeline([say(workshop, "Say", *words)], parameters)
    plain = workshop.run(pipeline)
    assert workshop.text(f"{plain.id}/Say/said.txt") == f"default n=2=0.5 {pipeline} {plain.arn}"
    other = workshop.run(pipeline, {"Word": "given", "Count": "7"})
    assert workshop.text(f"{other.id}/Say/said.txt").startswith("given n=7=0.5 ")
    listed = workshop.sagemaker.list_pipeline_parameters_for_execution(
        PipelineExecutionArn=other.arn
    )
    values = {entry["Name"]: entry["Value"] for entry in listed["PipelineParameters"]}
    assert values == {"Word": "given", "Count": "7", "Ratio": "0.5"}


def test_a_step_gets_the_output_of_another(workshop):
    first = say(workshop, "First", "from first")
    uri = get("Steps.First.ProcessingOutputConfig.Outputs['out'].S3Output.S3Uri")
    script = """
import pathlib
text = pathlib.Path("/opt/ml/processing/input/data/said.txt").read_text()
pathlib.Path("/opt/ml/processing/output/out/second.txt").write_text(text + ", then second")
"""
    request = workshop.processing(
        script,
        inputs=[workshop.processing_input("data", uri)],
        outputs={"out": workshop.uri("second")},
    )
    steps = [workshop.step("Second", "Processing", request), first]
    outcome = workshop.run(workshop.pipeline(steps))
    assert outcome.status == "Succeeded", outcome.reasons
    assert workshop.text("second/second.txt") == "from first, then second"


def test_independent_steps_run_in_parallel(workshop):
    """Each step waits for a file of the other, so that a sequential run would never end."""
    script = """
import boto3, sys, time
s3 = boto3.client("s3")
bucket, mine, other = sys.argv[1:]
s3.put_object(Bucket=bucket, Key=mine, Body=b"")
for _ in range(200):
    if s3.list_objects_v2(Bucket=bucket, Prefix=other)["KeyCount"]:
        sys.exit(0)
    time.sleep(0.1)
sys.exit("the other never came")
"""
    steps = [
        workshop.step(
            name,
            "Processing",
            workshop.processing(
                script, arguments=[workshop.bucket, f"meet/{mine}", f"meet/{other}"]
            ),
        )
        for name, mine, other in (("Left", "l", "r"), ("Right", "r", "l"))
    ]
    assert workshop.run(workshop.pipeline(steps)).status == "Succeeded"


def test_parallelism_can_be_limited(workshop):
    pipeline = workshop.pipeline([say(workshop, name, "x") for name in ("A", "B", "C")])
    arn = workshop.start(pipeline, ParallelismConfiguration={"MaxParallelExecutionSteps": 1})
    described = workshop.wait(arn)
    assert described["PipelineExecutionStatus"] == "Succeeded"
    assert described["ParallelismConfiguration"] == {"MaxParallelExecutionSteps": 1}
    steps = sorted(workshop.steps(arn).values(), key=lambda step: step["StartTime"])
    for before, after in zip(steps, steps[1:], strict=False):
        assert before["EndTime"] <= after["StartTime"]


@pytest.mark.parametrize(("limit", "taken"), [(0.9, "Accept"), (0.5, "Reject")])
def test_a_gate_reads_a_property_file_and_takes_one_branch(workshop, limit, taken):
    gate = {
        "Type": "LessThanOrEqualTo",
        "LeftValue": json_get("Evaluate", "metrics.ratio.value"),
        "RightValue": get("Parameters.Limit"),
    }
    message = join(
        "ratio", json_get("Evaluate", "metrics.ratio.value"), ">", get("Parameters.Limit"), on=" "
    )
    steps = [
        report(workshop),
        condition(
            workshop,
            [gate],
            yes=[say(workshop, "Accept", "yes")],
            no=[fail(workshop, message=message)],
        ),
    ]
    outcome = workshop.run(workshop.pipeline(steps, [parameter("Limit", "Float", limit)]))
    assert set(outcome.steps) == {"Evaluate", "Check", taken}
    metadata = outcome.steps["Check"]["Metadata"]
    assert metadata == {"Condition": {"Outcome": str(taken == "Accept")}}
    if taken == "Reject":
        assert outcome.status == "Failed"
        assert outcome.described["FailureReason"] == ("Step failure: One or multiple steps failed.")
        assert outcome.steps["Reject"]["Metadata"] == {"Fail": {"ErrorMessage": "ratio 0.75 > 0.5"}}
        assert outcome.reasons == {"Reject": "ratio 0.75 > 0.5"}
    else:
        assert outcome.status == "Succeeded"


def test_conditions_inside_of_conditions(workshop):
    inner = condition(
        workshop,
        [equals(1, 2)],
        yes=[fail(workshop, "Wrong")],
        no=[say(workshop, "Deep", "x")],
        name="Inner",
    )
    outer = condition(workshop, [equals("a", "a")], yes=[inner], no=[fail(workshop)])
    outcome = workshop.run(workshop.pipeline([outer]))
    assert outcome.status == "Succeeded", outcome.reasons
    assert set(outcome.steps) == {"Check", "Inner", "Deep"}


def test_after_a_failure_running_steps_end_and_no_other_starts(workshop):
    steps = [
        work(workshop, "Breaks", FAILS),
        work(workshop, "Lasts", UNTIL_A_STEP_FAILS, get("Execution.PipelineExecutionArn")),
        say(workshop, "Later", "x", DependsOn=["Lasts"]),
    ]
    outcome = workshop.run(workshop.pipeline(steps))
    assert outcome.status == "Failed"
    assert outcome.status_of("Lasts") == "Succeeded"
    assert "Later" not in outcome.steps
    assert outcome.reasons["Breaks"].startswith("AlgorithmError: ")
    assert outcome.reasons["Breaks"].endswith("exit code: 7")


@pytest.mark.parametrize(
    ("argument", "expected"),
    [
        (get("Steps.First.NetworkConfig.VpcConfig.Subnets[0]"), "NetworkConfig does not exist"),
        (join("x", get("Steps.First.ExitMessage")), "ExitMessage does not exist in"),
    ],
)
def test_an_unresolved_property_fails_the_step_with_the_reason(workshop, argument, expected):
    steps = [say(workshop, "First", "x"), say(workshop, "Second", argument)]
    outcome = workshop.run(workshop.pipeline(steps))
    assert outcome.status_of("Second") == "Failed"
    assert "The step First has no such property" in outcome.reasons["Second"]
    assert expected in outcome.reasons["Second"]


def test_a_missing_value_of_a_property_file_fails_the_condition(workshop):
    gate = equals(json_get("Evaluate", "metrics.mae.value"), 1)
    outcome = workshop.run(workshop.pipeline([report(workshop), condition(workshop, [gate])]))
    assert outcome.status_of("Check") == "Failed"
    assert "metrics.mae does not exist in ['ratio']" in outcome.reasons["Check"]


def test_a_value_of_the_wrong_type_fails_the_step_as_on_the_service(workshop):
    ratio = json_get("Evaluate", "metrics.ratio.value")
    request = workshop.processing(WRITE, Environment={"RATIO": ratio})
    steps = [report(workshop), workshop.step("Typed", "Processing", request)]
    outcome = workshop.run(workshop.pipeline(steps))
    assert "Invalid type for parameter Environment.RATIO, value: 0.75" in outcome.reasons["Typed"]


def cached(workshop, script, **more):
    request = workshop.processing(script, outputs={"out": workshop.uri("cached")}, **more)
    config = {"Enabled": True, "ExpireAfter": "1d"}
    return workshop.step("Cached", "Processing", request, CacheConfig=config)


def test_equal_inputs_hit_the_cache_and_changed_inputs_miss_it(workshop):
    step = cached(workshop, WRITE, arguments=[get("Parameters.Word")])
    pipeline = workshop.pipeline([step], [parameter("Word", "String", "a")])
    first, second = workshop.run(pipeline), workshop.run(pipeline)
    assert "CacheHitResult" not in first.steps["Cached"]
    hit = second.steps["Cached"]
    assert hit["CacheHitResult"] == {"SourcePipelineExecutionArn": first.arn}
    assert hit["Metadata"] == first.steps["Cached"]["Metadata"]
    assert second.status == hit["StepStatus"] == "Succeeded"
    assert "CacheHitResult" not in workshop.run(pipeline, {"Word": "b"}).steps["Cached"]


def test_a_changed_script_misses_and_another_pipeline_has_its_own_cache(workshop):
    step = cached(workshop, WRITE)
    pipeline, other = workshop.pipeline([step]), workshop.pipeline([step])
    workshop.run(pipeline)
    assert "CacheHitResult" not in workshop.run(other).steps["Cached"]
    changed = workshop.definition([cached(workshop, WRITE + "# changed")])
    workshop.sagemaker.update_pipeline(PipelineName=pipeline, PipelineDefinition=changed)
    assert "CacheHitResult" not in workshop.run(pipeline).steps["Cached"]


def test_a_failed_step_is_never_taken_from_the_cache(workshop):
    pipeline = workshop.pipeline([cached(workshop, FAILS)])
    workshop.run(pipeline)
    assert workshop.run(pipeline).status == "Failed"


def test_later_steps_use_the_outputs_of_a_cached_step(workshop):
    reader = say(
        workshop,
        "Reader",
        get("Steps.Cached.ProcessingOutputConfig.Outputs['out'].S3Output.S3Uri"),
    )
    pipeline = workshop.pipeline([cached(workshop, WRITE), reader])
    workshop.run(pipeline)
    second = workshop.run(pipeline)
    assert second.status == "Succeeded"
    assert workshop.text(f"{second.id}/Reader/said.txt") == workshop.uri("cached")


def test_a_stop_ends_the_jobs_and_starts_no_steps(workshop):
    steps = [work(workshop, "Slow", SLOW), say(workshop, "Next", "x", DependsOn=["Slow"])]
    arn = workshop.start(workshop.pipeline(steps))
    workshop.until(lambda: workshop.steps(arn), lambda steps: "Metadata" in steps.get("Slow", {}))
    workshop.sagemaker.stop_pipeline_execution(PipelineExecutionArn=arn)
    described = workshop.wait(arn)
    assert described["PipelineExecutionStatus"] == "Stopped"
    steps = workshop.steps(arn)
    assert {name: step["StepStatus"] for name, step in steps.items()} == {"Slow": "Stopped"}
    job = steps["Slow"]["Metadata"]["ProcessingJob"]["Arn"].rpartition("/")[2]
    assert workshop.wait_processing(job)["ProcessingJobStatus"] == "Stopped"
    with pytest.raises(ClientError, match="Only pipelines with 'Executing' status can be stopped"):
        workshop.sagemaker.stop_pipeline_execution(PipelineExecutionArn=arn)


def test_a_retry_runs_only_failed_steps_under_the_same_arn(workshop):
    script = """
import boto3, sys
sys.exit(boto3.client("s3").list_objects_v2(Bucket=sys.argv[1], Prefix="now")["KeyCount"] == 0)
"""
    request = workshop.processing(script, arguments=[workshop.bucket])
    steps = [
        say(workshop, "Good", "x"),
        workshop.step("Flaky", "Processing", request, DependsOn=["Good"]),
        say(workshop, "Last", "x", DependsOn=["Flaky"]),
    ]
    first = workshop.run(workshop.pipeline(steps))
    assert first.status == "Failed"
    workshop.put("now", "it may succeed")
    workshop.sagemaker.retry_pipeline_execution(PipelineExecutionArn=first.arn)
    assert workshop.wait(first.arn)["PipelineExecutionStatus"] == "Succeeded"
    steps = workshop.steps(first.arn)
    assert steps["Good"] == first.steps["Good"]
    assert steps["Flaky"]["Metadata"] != first.steps["Flaky"]["Metadata"]
    with pytest.raises(ClientError, match="can be retried"):
        workshop.sagemaker.retry_pipeline_execution(PipelineExecutionArn=first.arn)


RETRIES = [{"ExceptionType": ["SageMaker.RESOURCE_LIMIT"], "IntervalSeconds": 0, "MaxAttempts": 3}]


@pytest.mark.parametrize(
    ("refusals", "policies", "status", "attempts"),
    [(2, RETRIES, "Succeeded", 3), (9, RETRIES, "Failed", 4), (1, [], "Failed", 1)],
)
def test_retry_policies_decide_how_often_a_step_is_tried(
    workshop, limited, refusals, policies, status, attempts
):
    limited(refusals)
    step = work(workshop, "Busy", "", RetryPolicies=policies)
    outcome = workshop.run(workshop.pipeline([step]))
    assert outcome.status_of("Busy") == status
    assert outcome.steps["Busy"]["AttemptCount"] == attempts
    if status == "Failed":
        assert "(ResourceLimitExceeded)" in outcome.reasons["Busy"]


def test_a_client_token_starts_one_execution(workshop):
    pipeline, token = workshop.pipeline([say(workshop, "Say", "x")]), uuid4().hex
    first = workshop.start(pipeline, ClientRequestToken=token)
    assert workshop.start(pipeline, ClientRequestToken=token) == first
    assert workshop.start(pipeline) != first


def test_executions_are_described_and_listed(workshop):
    pipeline = workshop.pipeline([say(workshop, "Say", "x", DisplayName="Says x")])
    arns = [
        workshop.start(pipeline, PipelineExecutionDisplayName=f"run-{number}")
        for number in range(3)
    ]
    for arn in arns:
        workshop.wait(arn)
    client = workshop.sagemaker
    described = client.describe_pipeline_execution(PipelineExecutionArn=arns[0])
    assert described["PipelineExecutionDisplayName"] == "run-0"
    assert described["PipelineArn"].endswith(f":pipeline/{pipeline}")
    assert "FailureReason" not in described
    pages = client.get_paginator("list_pipeline_executions").paginate(
        PipelineName=pipeline, PaginationConfig={"PageSize": 2}
    )
    names = [
        [entry["PipelineExecutionDisplayName"] for entry in page["PipelineExecutionSummaries"]]
        for page in pages
    ]
    assert names == [["run-2", "run-1"], ["run-0"]]
    second = client.describe_pipeline_execution(PipelineExecutionArn=arns[1])["CreationTime"]
    before = client.list_pipeline_executions(PipelineName=pipeline, CreatedBefore=second)
    assert arns[2] not in {
        entry["PipelineExecutionArn"] for entry in before["PipelineExecutionSummaries"]
    }
    definition = client.describe_pipeline_definition_for_execution(PipelineExecutionArn=arns[0])
    assert json.loads(definition["PipelineDefinition"])["Steps"][0]["Name"] == "Say"
    assert workshop.steps(arns[0])["Say"]["StepDisplayName"] == "Says x"
    assert client.describe_pipeline(PipelineName=described["PipelineArn"])["LastRunTime"]


@pytest.mark.parametrize(
    ("given", "more", "expected"),
    [
        ({"Wrod": "x"}, {}, "['Wrod'] are not defined in the pipeline definition"),
        ({"Count": "many"}, {}, "'many' of the pipeline parameter Count is not of type Integer"),
        ({"Type": "ml.p5.48xlarge"}, {}, "Step Say: ClusterConfig.InstanceType 'ml.p5.48xlarge'"),
        ({}, {"MlflowExperimentName": "a"}, "MlflowExperimentName is not supported here"),
        # "You can't specify it for a pipeline that you create" (StartPipelineExecution, RoleArn).
        ({}, {"RoleArn": "arn:aws:iam::123456789012:role/other"}, "the role of the pipeline"),
    ],
)
def test_an_invalid_start_is_refused_before_anything_runs(workshop, given, more, expected):
    step = say(workshop, "Say", join("n", get("Parameters.Count")))
    cluster = step["Arguments"]["ProcessingResources"]["ClusterConfig"]
    cluster["InstanceType"] = get("Parameters.Type")
    parameters = [parameter("Count", "Integer", 1), parameter("Type", "String", "ml.m5.large")]
    pipeline = workshop.pipeline([step], parameters)
    with pytest.raises(ClientError) as caught:
        workshop.start(pipeline, given, **more)
    assert caught.value.response["Error"]["Code"] == "ValidationException"
    assert expected in caught.value.response["Error"]["Message"]
    listed = workshop.sagemaker.list_pipeline_executions(PipelineName=pipeline)
    assert listed["PipelineExecutionSummaries"] == []


def test_an_unsupported_step_is_refused_at_create_and_update(workshop):
    pipeline = workshop.pipeline([say(workshop, "Say", "x")])
    wrong = workshop.definition([workshop.step("Send", "Lineage", {})])
    expected = r"Step Send: the step type Lineage \(LineageStep\) is not supported here"
    with pytest.raises(ClientError, match=expected):
        workshop.sagemaker.update_pipeline(PipelineName=pipeline, PipelineDefinition=wrong)
    with pytest.raises(ClientError, match=expected):
        workshop.sagemaker.create_pipeline(
            PipelineName=f"pipe-{uuid4().hex[:8]}",
            PipelineDefinition=wrong,
            RoleArn=workshop.role,
            ClientRequestToken=uuid4().hex,
        )


def test_a_definition_can_be_in_s3(workshop):
    workshop.put("definition.json", workshop.definition([say(workshop, "Say", "x")]))
    name = f"pipe-{uuid4().hex[:8]}"
    workshop.sagemaker.create_pipeline(
        PipelineName=name,
        PipelineDefinitionS3Location={"Bucket": workshop.bucket, "ObjectKey": "definition.json"},
        RoleArn=workshop.role,
        ClientRequestToken=uuid4().hex,
    )
    assert workshop.run(name).status == "Succeeded"


def test_a_running_pipeline_is_not_deleted(workshop):
    pipeline = workshop.pipeline([work(workshop, "Slow", SLOW)])
    arn = workshop.start(pipeline)
    with pytest.raises(ClientError, match="has running executions"):
        workshop.sagemaker.delete_pipeline(PipelineName=pipeline)
    workshop.sagemaker.stop_pipeline_execution(PipelineExecutionArn=arn)
    workshop.wait(arn)
    workshop.sagemaker.delete_pipeline(PipelineName=pipeline)
    with pytest.raises(ClientError, match="does not exist"):
        workshop.sagemaker.describe_pipeline_execution(PipelineExecutionArn=arn)


def test_a_role_that_may_not_create_jobs_fails_the_step(workshop, role_with):
    role = role_with([{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}])
    name = f"pipe-{uuid4().hex[:8]}"
    workshop.sagemaker.create_pipeline(
        PipelineName=name,
        PipelineDefinition=workshop.definition([say(workshop, "Say", "x")]),
        RoleArn=role,
        ClientRequestToken=uuid4().hex,
    )
    outcome = workshop.run(name)
    assert "is not authorized to perform: sagemaker:CreateProcessingJob" in outcome.reasons["Say"]


def test_selected_steps_use_the_results_of_an_earlier_execution(workshop):
    uri = get("Steps.First.ProcessingOutputConfig.Outputs['out'].S3Output.S3Uri")
    steps = [say(workshop, "First", "x"), say(workshop, "Second", uri)]
    pipeline = workshop.pipeline(steps)
    whole = workshop.run(pipeline)
    config = {"SelectedSteps": [{"StepName": "Second"}], "SourcePipelineExecutionArn": whole.arn}
    arn = workshop.start(pipeline, SelectiveExecutionConfig=config)
    described = workshop.wait(arn)
    assert described["PipelineExecutionStatus"] == "Succeeded"
    assert described["SelectiveExecutionConfig"] == config
    reused = workshop.steps(arn)["First"]
    assert reused["SelectiveExecutionResult"] == {"SourcePipelineExecutionArn": whole.arn}
    assert reused["Metadata"] == whole.steps["First"]["Metadata"]
    text = workshop.text(f"{arn.rpartition('/')[2]}/Second/said.txt")
    assert text == workshop.uri(f"{whole.id}/First")


@pytest.mark.parametrize(
    ("names", "source", "expected"),
    [
        (["Missing"], None, "['Missing'] are not in the pipeline"),
        (["Second"], None, "SourcePipelineExecutionArn must name an execution"),
        (["Second"], "failed", "['First'], which did not succeed"),
        (["Second"], "other", "is not an execution of the same pipeline"),
    ],
)
def test_an_invalid_selection_is_refused(workshop, names, source, expected):
    steps = [work(workshop, "First", FAILS), say(workshop, "Second", "x", DependsOn=["First"])]
    pipeline = workshop.pipeline(steps)
    sources = {
        "failed": lambda: workshop.run(pipeline).arn,
        "other": lambda: workshop.run(workshop.pipeline([say(workshop, "First", "x")])).arn,
    }
    config = {"SelectedSteps": [{"StepName": name} for name in names]}
    if source:
        config["SourcePipelineExecutionArn"] = sources[source]()
    with pytest.raises(ClientError) as caught:
        workshop.start(pipeline, SelectiveExecutionConfig=config)
    assert expected in str(caught.value)
