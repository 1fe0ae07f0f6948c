"""The constant tags of a definition, which the stack uses too."""

from __future__ import annotations

import pytest

from tests.crosscheck.constant_tags import constant_tags


def step(**tags):
    named = [{"Key": key, "Value": value} for key, value in tags.items()]
    return {"Name": "Step", "Type": "Processing", "Arguments": {"Tags": named}}


def test_tags_of_the_environment_are_left_to_the_environment(body):
    assert constant_tags(body) == {"Pipeline": "demand", "Project": "redline"}


def test_only_what_all_tagged_steps_share_is_taken():
    untagged = {"Name": "Gate", "Type": "Condition", "Arguments": {"Conditions": []}}
    steps = [step(A="1", B="2"), step(A="1", B="3"), untagged]
    assert constant_tags({"Steps": steps}) == {"A": "1"}


@pytest.mark.parametrize("steps", [[], [step()]])
def test_a_definition_may_have_no_tags(steps):
    assert constant_tags({"Steps": steps}) == {}
