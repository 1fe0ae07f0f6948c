"""Definitions of the SDK's classes have no findings, or only the expected findings."""

from __future__ import annotations

import json

import pytest

from local_cloud.definition_rules.document import expressions_of, steps_of
from pipeline_code.compiler.lint import lint

NAMES = ["every_condition", "callbacks_and_triggers", "jobs", "loops_and_clusters"]


@pytest.mark.parametrize("name", NAMES)
def test_no_false_alarm(made_by_the_sdk, name):
    assert [str(finding) for finding in lint(made_by_the_sdk[name])] == []


def test_the_definitions_cover_what_the_linter_looks_at(made_by_the_sdk):
    assert list(made_by_the_sdk) == NAMES
    bodies = list(made_by_the_sdk.values())
    types = {step.type for body in bodies for step in steps_of(body)}
    assert {"Condition", "Fail", "Lambda", "Callback", "Processing", "Training"} <= types
    functions = {key for body in bodies for _, item in expressions_of(body) for key in item}
    assert functions == {"Get", "Std:Join", "Std:JsonGet"}
    for kind in ("Equals", "In", "Not", "Or", "LessThanOrEqualTo"):
        assert f'"Type": "{kind}"' in json.dumps(bodies)


def test_what_the_sdk_does_not_notice_is_found(made_by_the_sdk):
    body = json.loads(json.dumps(made_by_the_sdk["jobs"]))
    body["Parameters"] = [item for item in body["Parameters"] if item["Name"] != "Source"]
    assert [finding.rule for finding in lint(body)] == ["undeclared parameter"]
