"""Requests of CreatePipeline and UpdatePipeline, and versions of pipelines."""

from __future__ import annotations

from uuid import uuid4

import pytest
from botocore.exceptions import ClientError


def fail(message):
    return {"Name": "Fail", "Type": "Fail", "Arguments": {"ErrorMessage": message}}


def request(workshop, **more):
    return {
        "PipelineName": f"pipe-{uuid4().hex[:8]}",
        "PipelineDefinition": workshop.definition([fail("first")]),
        "RoleArn": workshop.role,
        "ClientRequestToken": uuid4().hex,
    } | more


def error(call, **request):
    with pytest.raises(ClientError) as caught:
        call(**request)
    response = caught.value.response
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 400
    return response["Error"]["Code"], response["Error"]["Message"]


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("PipelineName", "n" * 257),
        ("PipelineName", "a b!"),
        ("PipelineDisplayName", "a b!"),
        ("PipelineDescription", "d" * 3073),
        ("RoleArn", "arn:aws:iam::12:role/short-account"),
        ("ClientRequestToken", "t" * 129),
        ("Tags", [{"Key": "k" * 129, "Value": ""}]),
        ("PipelineVersionAliases", [f"a{number}" for number in range(11)]),
    ],
)
def test_a_request_that_breaks_its_model_is_refused(workshop, member, value):
    code, message = error(
        workshop.sagemaker.create_pipeline, **request(workshop, **{member: value})
    )
    assert code == "ValidationException"
    assert message.startswith("1 validation error detected: Value ")
    assert f"at '{member}" in message


def test_a_start_has_the_limits_of_the_api(workshop):
    parameter = {"Name": "p", "Type": "String", "DefaultValue": "v"}
    use = {"Name": "Use", "Type": "Fail", "Arguments": {"ErrorMessage": {"Get": "Parameters.p"}}}
    name = workshop.pipeline([use], [parameter])
    workshop.start(name, {"p": "v" * 1024})
    with pytest.raises(ClientError, match="failed to satisfy constraint: 0 to 1024 characters"):
        workshop.start(name, {"p": "v" * 1025})
    with pytest.raises(ClientError, match="failed to satisfy constraint: 0 to 200 items"):
        workshop.start(name, {f"p{number}": "" for number in range(201)})
    with pytest.raises(ClientError, match="at 'PipelineExecutionDisplayName'"):
        workshop.start(name, PipelineExecutionDisplayName="a b!")


def test_every_error_of_a_request_is_listed(workshop):
    given = request(workshop, PipelineName="a b!", RoleArn="r" * 20)
    _, message = error(workshop.sagemaker.create_pipeline, **given)
    assert message.startswith("2 validation errors detected: ")


@pytest.mark.parametrize("body", ['{"Steps": "none"}', '"text"', "{"])
def test_a_definition_of_another_form_is_a_validation_exception(workshop, body):
    given = request(workshop, PipelineDefinition=body)
    code, message = error(workshop.sagemaker.create_pipeline, **given)
    assert code == "ValidationException"
    assert message.startswith("Unable to parse pipeline definition.")
    name = workshop.pipeline([fail("x")])
    code, _ = error(workshop.sagemaker.update_pipeline, PipelineName=name, PipelineDefinition=body)
    assert code == "ValidationException"


def test_the_same_token_creates_one_pipeline(workshop):
    client, given = workshop.sagemaker, request(workshop)
    first = client.create_pipeline(**given)["PipelineArn"]
    assert client.create_pipeline(**given)["PipelineArn"] == first
    code, message = error(client.create_pipeline, **given | {"ClientRequestToken": "x" * 32})
    assert code == "ValidationException"
    assert "Pipeline names must be unique within an AWS account and region" in message
    client.delete_pipeline(PipelineName=given["PipelineName"])
    assert client.create_pipeline(**given)["PipelineArn"] == first


def test_each_new_definition_is_a_version_that_can_be_started(workshop):
    client, given = workshop.sagemaker, request(workshop)
    arn = client.create_pipeline(**given)["PipelineArn"]
    name = given["PipelineName"]
    second = workshop.definition([fail("second")])
    updated = client.update_pipeline(PipelineName=name, PipelineDefinition=second)
    assert updated == updated | {"PipelineArn": arn, "PipelineVersionId": 2}
    same = client.update_pipeline(PipelineName=name, PipelineDescription="the same definition")
    assert same["PipelineVersionId"] == 2
    described = client.describe_pipeline(PipelineName=name)
    assert described["PipelineDefinition"] == second
    first = client.describe_pipeline(PipelineName=name, PipelineVersionId=1)
    assert first["PipelineDefinition"] == given["PipelineDefinition"]
    execution = workshop.start(name, PipelineVersionId=1)
    ended = workshop.wait(execution)
    assert ended["PipelineVersionId"] == 1
    assert workshop.steps(execution)["Fail"]["FailureReason"] == "first"
    assert workshop.wait(workshop.start(name))["PipelineVersionId"] == 2
    listed = client.list_pipeline_versions(PipelineName=arn)["PipelineVersionSummaries"]
    assert [version["PipelineVersionId"] for version in listed] == [2, 1]
    assert listed[1]["LastExecutionPipelineExecutionArn"] == execution
    assert listed[0]["PipelineArn"] == arn


def test_versions_are_listed_in_pages(workshop):
    client, name = workshop.sagemaker, workshop.pipeline([fail("0")])
    for number in range(1, 4):
        body = workshop.definition([fail(str(number))])
        client.update_pipeline(PipelineName=name, PipelineDefinition=body)
    page = client.list_pipeline_versions(PipelineName=name, SortOrder="Ascending", MaxResults=3)
    rest = client.list_pipeline_versions(
        PipelineName=name, SortOrder="Ascending", NextToken=page["NextToken"]
    )
    found = [*page["PipelineVersionSummaries"], *rest["PipelineVersionSummaries"]]
    assert [version["PipelineVersionId"] for version in found] == [1, 2, 3, 4]


def test_a_version_has_names_and_aliases(workshop):
    client = workshop.sagemaker
    given = request(workshop, PipelineVersionAliases=["live"])
    arn, name = client.create_pipeline(**given)["PipelineArn"], given["PipelineName"]
    second = workshop.definition([fail("second")])
    client.update_pipeline(PipelineName=name, PipelineDefinition=second)
    version = {"PipelineArn": arn, "PipelineVersionId": 2}
    names = {"PipelineVersionDisplayName": "new", "PipelineVersionDescription": "is new"}
    code, message = error(
        client.update_pipeline_version,
        **version,
        PipelineVersionAliasOperations={"Add": ["live"]},
    )
    assert code == "ValidationException"
    assert "'live' is assigned" in message
    client.update_pipeline_version(
        PipelineArn=arn, PipelineVersionId=1, PipelineVersionAliasOperations={"Remove": ["live"]}
    )
    client.update_pipeline_version(
        **version, **names, PipelineVersionAliasOperations={"Add": ["live"]}
    )
    described = client.describe_pipeline(PipelineName=name, PipelineVersionAlias="live")
    assert described["PipelineDefinition"] == second
    assert described == described | names | {"PipelineVersionAliases": ["live"]}
    execution = workshop.start(name, PipelineVersionAlias="live")
    assert workshop.wait(execution)["PipelineVersionAliases"] == ["live"]
    workshop.wait(workshop.start(name, PipelineVersionId=1))
    found = client.list_pipeline_executions(PipelineName=name, PipelineVersionAlias="live")
    shown = [entry["PipelineExecutionArn"] for entry in found["PipelineExecutionSummaries"]]
    assert shown == [execution]


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        ({"PipelineVersionId": 9}, "ResourceNotFound"),
        ({"PipelineVersionAlias": "lost"}, "ResourceNotFound"),
        ({"PipelineVersionId": 1, "PipelineVersionAlias": "a"}, "ValidationException"),
    ],
)
def test_an_unknown_version_is_not_started_or_described(workshop, wanted, code):
    name = workshop.pipeline([fail("x")])
    client = workshop.sagemaker
    for call in (client.describe_pipeline, client.start_pipeline_execution):
        found, _ = error(call, PipelineName=name, **wanted)
        assert found == code


def test_an_alias_needs_a_new_definition_and_a_letter(workshop):
    client, name = workshop.sagemaker, workshop.pipeline([fail("x")])
    _, message = error(client.update_pipeline, PipelineName=name, PipelineVersionAliases=["a"])
    assert "only be specified when the definition changes" in message
    _, message = error(client.create_pipeline, **request(workshop, PipelineVersionAliases=["2026"]))
    assert "consists of numbers only" in message
