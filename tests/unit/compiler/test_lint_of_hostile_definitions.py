"""The linter returns a short report in a short time for every input."""

import json
import time

import pytest

from local_cloud.definition_rules.rules import MOST_FINDINGS
from pipeline_code.compiler.__main__ import main
from pipeline_code.compiler.lint import lint

MANY = 10_000
SECONDS = 60


def fail(name, *needs):
    step = {"Name": name, "Type": "Fail", "Arguments": {"ErrorMessage": "x"}}
    return step | ({"DependsOn": list(needs)} if needs else {})


def findings(steps, parameters=()):
    body = {"Version": "2020-12-01", "Metadata": {}, "Parameters": [*parameters], "Steps": steps}
    started = time.monotonic()
    found = lint(body)
    assert time.monotonic() - started < SECONDS
    assert all(len(str(finding)) < 2000 for finding in found)
    return found


TOO_MANY = "too many steps"


def test_ten_thousand_steps_in_a_row_have_no_fault_but_their_number():
    (found,) = findings([fail(f"s{n}", *([f"s{n - 1}"] if n else [])) for n in range(MANY)])
    assert (found.rule, found.value) == (TOO_MANY, MANY)


def test_a_circle_of_ten_thousand_steps_is_one_fault():
    number, found = findings([fail(f"s{n}", f"s{(n - 1) % MANY}") for n in range(MANY)])
    assert (number.rule, found.rule, found.step) == (TOO_MANY, "cycle", "s0")


@pytest.mark.slow
def test_of_ten_thousand_faults_the_first_are_reported():
    found = findings([fail(f"s{n}", f"x{n}") for n in range(MANY)])
    assert len(found) == MOST_FINDINGS
    assert {finding.rule for finding in found} == {TOO_MANY, "depends on a missing step"}
    assert [finding.step for finding in found[:3]] == ["", "s0", "s1"]


def test_a_definition_above_the_limit_of_the_api_is_reported():
    _, found = findings([fail(f"s{n}") for n in range(MANY * 2)])
    assert found.rule == "definition that is too long"
    assert found.allowed == "at most 1048576 characters"


@pytest.mark.parametrize("levels", [1000, 100_000])
def test_what_has_no_bottom_is_one_fault(levels):
    value, steps = "leaf", [fail("leaf")]
    for level in range(levels):
        value = {"Std:Join": {"On": "", "Values": [value]}}
        arguments = {"Conditions": [], "IfSteps": steps, "ElseSteps": []}
        steps = [{"Name": f"c{level}", "Type": "Condition", "Arguments": arguments}]
    step = fail("s") | {"Arguments": {"ErrorMessage": value}}
    assert [found.rule for found in findings([step])] == ["nested too deeply"]
    assert [found.rule for found in findings(steps)] == ["nested too deeply"]


def test_names_and_values_above_the_limits_have_short_reports():
    parameter = {"Name": "p", "Type": "String", "DefaultValue": "v" * 10_240}
    step = {
        "Name": "n" * 10_240,
        "Type": "Processing",
        "Arguments": {"RoleArn": {"Get": "Parameters.p"}},
    }
    found = findings([step], [parameter])
    rules = {finding.rule for finding in found}
    assert {"bad step name", "parameter value that the API rejects (p)"} <= rules


def test_a_file_without_end_is_no_definition(tmp_path, capsys):
    path = tmp_path / "deep.json"
    path.write_text("[" * 100_000)
    assert main(["lint", str(path)]) == 2
    assert "cannot be read as JSON" in capsys.readouterr().err
    path.write_text(json.dumps([]))
    assert main(["lint", str(path)]) == 2
