"""Stacks with data that is retained, and protected pipelines, are protected."""

import json

import pytest

from stacks.common.stack_policy import STATEFUL_TYPES
from tests.application.environments import ENVIRONMENTS
from tests.application.synthesised import synthesised


def protected(environment):
    """Part -> whether DeleteStack is refused."""
    manifest = json.loads((environment.folder / "manifest.json").read_text())["artifacts"]
    prefix = f"redline-{environment.environment.name}-"
    return {
        name.removeprefix(prefix): each["properties"].get("terminationProtection", False)
        for name, each in manifest.items()
        if each["type"] == "aws:cloudformation:stack"
    }


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_stacks_are_protected_where_data_is_retained(name):
    environment = synthesised(name)
    retains = environment.environment.retention.removal == "retain"
    assert set(protected(environment).values()) == {retains}
    for template in environment.templates.values():
        assert ("StackPolicy" in template.get("Metadata", {})) == retains


def test_resources_with_data_can_neither_be_replaced_nor_deleted():
    for template in synthesised("retained").templates.values():
        allow, deny, *_ = template["Metadata"]["StackPolicy"]["Statement"]
        assert (allow["Effect"], allow["Action"], allow["Resource"]) == ("Allow", "Update:*", "*")
        assert (deny["Effect"], deny["Resource"]) == ("Deny", "*")
        assert deny["Action"] == ["Update:Replace", "Update:Delete"]
        assert deny["Condition"] == {"StringEquals": {"ResourceType": list(STATEFUL_TYPES)}}


def test_the_definition_of_a_protected_pipeline_cannot_change():
    policies = {
        part: template["Metadata"]["StackPolicy"]["Statement"][2:]
        for part, template in synthesised("retained").templates.items()
    }
    assert {part for part, statements in policies.items() if statements} == {"demand"}
    (deny,) = policies["demand"]
    assert (deny["Effect"], deny["Action"]) == ("Deny", "Update:*")
    assert deny["Resource"] == "LogicalResourceId/Pipeline"
    (name,) = synthesised("retained").resources("demand", "AWS::SageMaker::Pipeline")
    assert name == "Pipeline"
