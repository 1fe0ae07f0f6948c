"""Definitions that are too large, cyclic, or nested too deeply are refused quickly."""

from __future__ import annotations

import json
import time

import pytest

from local_cloud.sagemaker.exceptions import UnsupportedDefinition, ValidationFailed
from local_cloud.sagemaker.pipelines.pipeline_parameters import Parameter, resolve
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
def test_ten_thousand_steps_in_a_row_are_planned(order):
    steps = [fail("s0"), *(fail(f"s{n}", f"s{n - 1}") for n in range(1, MANY))]
    started = time.monotonic()
    plan = make_plan(body(steps[::order]))
    assert time.monotonic() - started < SECONDS
    assert len(plan.steps) == MANY
    assert plan.steps["s9999"].dependencies == {"s9998"}


def test_a_cycle_is_refused_with_some_of_its_steps():
    text = refused(body([fail(f"s{n}", f"s{(n - 1) % MANY}") for n in range(MANY)]))
    assert "The steps ['s0', 's1', 's10'" in text
    assert "and 9990 more wait for each other." in text


def test_steps_that_wait_for_a_cycle_are_listed_and_others_are_not():
    steps = [fail("free"), fail("a", "b"), fail("b", "a"), fail("after", "a"), fail("own", "own")]
    assert "The steps ['a', 'after', 'b', 'own'] wait for each other." in refused(body(steps))


def test_only_the_first_of_many_findings_are_listed():
    text = refused(body([fail(f"s{n}", f"x{n}") for n in range(MANY)]))
    assert "Step s0: it refers to the step x0, which does not exist." in text
    assert text.endswith("And 9950 more.")


def test_a_name_that_is_used_many_times_is_reported_once():
    parameters = [{"Name": "p", "Type": "String"}] * MANY
    assert "Parameter p is declared twice." in refused(body([fail("s")], parameters))
    assert refused(body([fail("same")] * MANY)).count("Step same exists twice.") == 1


def nested(levels):
    value = '"leaf"'
    return '{"Std:Join":{"On":"","Values":[' * levels + value + "]}}" * levels


@pytest.mark.parametrize("levels", [400, 20_000])
def test_deeply_nested_expressions_are_refused(levels):
    assert "It is nested too deeply" in refused(body([fail("s")]).replace('"x"', nested(levels)))


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
    assert "its Name must be 1 to 64 letters, digits, - and _." in refused(body([fail(name)]))
    make_plan(body([fail("n" * 64)]))


def test_parameter_values_have_the_limits_of_the_api():
    declared = [Parameter("p", "String")]
    assert resolve(declared, [{"Name": "p", "Value": "v" * 1024}]) == {"p": "v" * 1024}
    with pytest.raises(ValidationFailed, match="parameter p has 10240 characters; at most 1024"):
        resolve(declared, [{"Name": "p", "Value": "v" * 10_240}])
    with pytest.raises(ValidationFailed, match="201 PipelineParameters are given; at most 200"):
        resolve(declared, [{"Name": f"p{n}", "Value": ""} for n in range(201)])


@pytest.mark.parametrize(
    "join", [{"On": 1, "Values": []}, {"On": "", "Values": "text"}, {"On": "", "Values": 7}]
)
def test_an_invalid_join_is_refused_before_a_run(join):
    step = fail("s") | {"Arguments": {"ErrorMessage": {"Std:Join": join}}}
    assert "must have a text On and a list of Values" in refused(body([step]))
