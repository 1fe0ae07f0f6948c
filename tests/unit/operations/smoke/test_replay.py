"""The comparison of two recordings finds what only one of them has."""

from __future__ import annotations

import json

import pytest

from tests.integration.replay import differences

RESPONSE = {
    "EndpointName": "e",
    "EndpointStatus": "InService",
    "ProductionVariants": [{"VariantName": "AllTraffic", "CurrentInstanceCount": 1}],
}


def call(response=None, *, error=None, operation="DescribeEndpoint", status=200, name="e"):
    outcome = {"error": error} if error else {"response": response}
    request = {"EndpointName": name}
    return {
        "service": "sagemaker",
        "operation": operation,
        "request": request,
        "status": status,
    } | (outcome)


def refused(code):
    return call(error={"Error": {"Code": code, "Message": "Could not find"}}, status=400)


@pytest.fixture
def compare(tmp_path):
    """Compare two recordings of one phase, given as lists of calls."""

    def found(recorded, replayed):
        for name, lines in (("recorded", recorded), ("replayed", replayed)):
            (tmp_path / name).mkdir()
            text = "".join(json.dumps(line) + "\n" for line in lines)
            (tmp_path / name / "4-approve.jsonl").write_text(text)
        return differences(tmp_path / "recorded", tmp_path / "replayed")

    return found


def test_other_values_are_no_difference(compare):
    other = {**RESPONSE, "EndpointName": "another"}
    assert compare([call(RESPONSE)], [call(other, name="another")]) == []


def test_a_missing_member_is_found(compare):
    recorded = {**RESPONSE, "EndpointArn": "arn"}
    assert compare([call(recorded)], [call(RESPONSE)]) == [
        "approve sagemaker DescribeEndpoint response: only in the recording: .EndpointArn: string"
    ]


def test_a_member_of_another_type_inside_a_list_is_found(compare):
    replayed = {**RESPONSE, "ProductionVariants": [{"CurrentInstanceCount": "1"}]}
    variant = ".ProductionVariants[]"
    head = "approve sagemaker DescribeEndpoint response: only in the"
    assert compare([call(RESPONSE)], [call(replayed)]) == [
        f"{head} recording: {variant}.CurrentInstanceCount: number",
        f"{head} recording: {variant}.VariantName: string",
        f"{head} replay: {variant}.CurrentInstanceCount: string",
    ]


def test_another_error_code_is_found(compare):
    head = "approve sagemaker DescribeEndpoint error: only in the"
    assert compare([refused("ValidationException")], [refused("ResourceNotFound")]) == [
        f"{head} recording: code ValidationException",
        f"{head} replay: code ResourceNotFound",
    ]


def test_an_operation_that_was_not_called_is_found(compare):
    (first, *_) = compare([call({}, operation="DescribeModel")], [])
    assert first == "approve sagemaker DescribeModel response: only in the recording: : object"


def test_an_error_before_the_response_is_a_matter_of_time(compare):
    assert compare([refused("ValidationException"), call(RESPONSE)], [call(RESPONSE)]) == []


def test_a_response_that_a_later_poll_replaces_is_not_compared(compare):
    creating = {**RESPONSE, "FailureReason": "none"}
    assert compare([call(creating), call(RESPONSE)], [call(RESPONSE)]) == []


def test_the_keys_of_a_map_are_data(compare):
    one, other = ({"Environment": {name: "1"}} for name in ("A", "B"))
    operation = "DescribeTrainingJob"
    assert compare([call(one, operation=operation)], [call(other, operation=operation)]) == []
