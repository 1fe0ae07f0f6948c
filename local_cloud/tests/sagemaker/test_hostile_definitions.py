"""Definitions that are too large, cyclic, or nested too deeply are rejected quickly."""

from __future__ import annotations

import json
import time

import pytest

from local_cloud.sagemaker.exceptions import UnsupportedDefinition
from local_cloud.sagemaker.pipelines.plan import MAX_DEFINITION_CHARACTERS, make_plan

MANY = 10_000
SECONDS = 30


def fail(name, *dependencies):
    step = {"Name": name, "Type": "Fail", "Arguments": {"ErrorMessage": "x"}}
    return step | ({"DependsOn": list(dependencies)} if dependencies else {})


def body(steps, parameters=()):
    document = {"Version": "2020-12-01", "Parameters": [*parameters], "Steps": steps}
    return json.dumps(document, separators=(",", ":"))


def refused(text):
    started = time.monotonic()
    with pytest.raises(UnsupportedDefinition) as refusal:
        make_plan(text)
    assert time.monotonic() - started < SECONDS
    assert len(str(refusal.value)) < 10_000
    return str(refusal.value)


@pytest.mark.parametrize("order", [1, -1])
def test_ten_thousand_steps_in_a_row_are_too_many(order):
    steps = [fail("s0"), *(fail(f"s{n}", f"s{n - 1}") for n in range(1, MANY))]
    text = refused(body(steps[::order]))
    assert "too many steps: 10000. Allowed: at most 50 (default quota)" in text


def test_a_cycle_is_refused_with_some_of_its_steps():
    text = refused(body([fail(f"s{n}", f"s{(n - 1) % MANY}") for n in range(MANY)]))
    assert 'step s0, Steps[0]: cycle: "s0 \\u2192 s9999' in text


def test_only_the_first_of_many_findings_are_listed():
    text = refused(body([fail(f"s{n}", f"x{n}") for n in range(MANY)]))
    assert "step s0, Steps[0].DependsOn[0]: depends on a missing step" in text
    assert text.endswith("And 150 more.")


def test_a_name_that_is_used_many_times_is_reported_once():
    parameters = [{"Name": "p", "Type": "String"}] * MANY
    assert refused(body([fail("s")], parameters)).count("duplicate parameter name") == 1
    assert refused(body([fail("same")] * MANY)).count("duplicate step name") == 1


def nested(levels):
    value = '"leaf"'
    return '{"Std:Join":{"On":"","Values":[' * levels + value + "]}}" * levels


@pytest.mark.parametrize("levels", [400, 20_000])
def test_deeply_nested_expressions_are_refused(levels):
    assert "nested too deeply" in refused(body([fail("s")]).replace('"x"', nested(levels)))


@pytest.mark.parametrize("text", ["[" * 100_000, '{"Steps":' * 50_000])
def test_deeply_nested_json_is_refused(text):
    assert "nested too deeply" in refused(text)


def test_the_longest_definition_has_the_limit_of_the_api():
    longest = body([fail("s")]) + " " * MAX_DEFINITION_CHARACTERS
    make_plan(longest[:MAX_DEFINITION_CHARACTERS])
    assert "It has 1048577 characters; at most 1048576 are allowed." in refused(
        longest[: MAX_DEFINITION_CHARACTERS + 1]
    )


@pytest.mark.parametrize("name", ["n" * 65, "a b", "a/../b", "a\n", "ä", "x" * 10_000])
def test_a_step_name_that_the_api_refuses_is_refused(name):
    assert "bad step name" in refused(body([fail(name)]))
    make_plan(body([fail("n" * 64)]))
