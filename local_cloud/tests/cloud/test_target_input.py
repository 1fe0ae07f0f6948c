"""The input of a target."""

from __future__ import annotations

import json

import pytest

from local_cloud.events.input_transformer import payload

RULE = "arn:aws:events:us-east-1:123456789012:rule/nightly"
EVENT = {
    "id": "1",
    "time": "2026-01-01T00:00:00Z",
    "source": "aws.sagemaker",
    "detail": {"status": "Failed", "steps": [{"name": "Train"}], "note": 'say "no"', "count": 3},
}


def test_the_default_input_is_the_event():
    assert json.loads(payload({}, EVENT, rule_arn=RULE)) == EVENT


def test_a_constant_and_a_part():
    assert payload({"Input": '{"a": 1}'}, EVENT, rule_arn=RULE) == '{"a": 1}'
    assert payload({"InputPath": "$.detail.steps[0]"}, EVENT, rule_arn=RULE) == '{"name": "Train"}'
    assert payload({"InputPath": "$.nothing"}, EVENT, rule_arn=RULE) == "null"


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ('"The status is <status>."', '"The status is Failed."'),
        ('{"status": <status>, "n": <count>}', '{"status": "Failed", "n": 3}'),
        ('{"text": "<note>!"}', '{"text": "say \\"no\\"!"}'),
        ('{"steps": <steps>}', '{"steps": [{"name": "Train"}]}'),
        ('"<aws.events.rule-name> <unknown>"', '"nightly <unknown>"'),
        ('{"missing": <missing>}', '{"missing": ""}'),
    ],
)
def test_a_template(template, expected):
    paths = {name: f"$.detail.{name}" for name in ("status", "count", "note", "steps", "missing")}
    target = {"InputTransformer": {"InputPathsMap": paths, "InputTemplate": template}}
    assert payload(target, EVENT, rule_arn=RULE) == expected
