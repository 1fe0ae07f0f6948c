"""CreatePipeline validates as AWS does: it rejects a valid definition with one fault."""

from __future__ import annotations

import contextlib
import copy
import functools
import json
import operator
from pathlib import Path

import pytest

from local_cloud.definition_rules.document import steps_of
from local_cloud.sagemaker import check_definition
from local_cloud.sagemaker.exceptions import UnsupportedDefinition
from local_cloud.tests.sagemaker.planted_faults import ALLOWED, FAULTS, REMOVED

COMPLETE = Path(__file__).parent / "definitions" / "complete.json"


def changed(place, value):
    """Return the complete definition with another value at a path. A function gets the value."""
    document = json.loads(COMPLETE.read_text())
    steps = {step.name: step.document for step in steps_of(document)}
    at, *path = place
    inside = steps.get(at, document)
    keys = path if at in steps else place
    for key in keys[:-1]:
        inside = inside[key]
    if value is REMOVED:
        del inside[keys[-1]]
    else:
        inside[keys[-1]] = value(inside[keys[-1]]) if callable(value) else value
    return json.dumps(document)


def places(value, place=()):
    """Yield the path of every member and item."""
    if place:
        yield place
    if isinstance(value, dict | list):
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield from places(item, (*place, key))


def names(entries):
    return [entry[0] for entry in entries]


def test_the_definition_without_a_fault_is_accepted():
    check_definition(COMPLETE.read_text())


@pytest.mark.parametrize(("name", "place", "value", "expected"), FAULTS, ids=names(FAULTS))
def test_a_fault_is_refused(name, place, value, expected):
    with pytest.raises(UnsupportedDefinition) as caught:
        check_definition(changed(place, value))
    assert expected in str(caught.value)


@pytest.mark.parametrize("value", [5, "x", [None], {"Get": "Steps.Prepare.RoleArn"}], ids=str)
def test_any_value_at_any_place_is_accepted_or_refused(value):
    document = json.loads(COMPLETE.read_text())
    for *outer, last in places(document):
        changed = copy.deepcopy(document)
        functools.reduce(operator.getitem, outer, changed)[last] = value
        with contextlib.suppress(UnsupportedDefinition):
            check_definition(json.dumps(changed))


@pytest.mark.parametrize(("name", "place", "value"), ALLOWED, ids=names(ALLOWED))
def test_what_aws_allows_is_accepted(name, place, value):
    check_definition(changed(place, value))
