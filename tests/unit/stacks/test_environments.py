"""Environments are created when they are read, so that an error breaks only its environment."""

import re
import runpy
from pathlib import Path

import pytest

from stacks.config import ConfigurationError, Environments
from tests.application.environments import BASIC

SOURCE = """\
from dataclasses import replace
from stacks.config import *
from tests.application.environments import BASIC
ENVIRONMENTS = Environments()

@ENVIRONMENTS.add
def dev() -> Environment:
    return replace(BASIC, name="dev")

@ENVIRONMENTS.add
def prod() -> Environment:
    {prod}
"""


@pytest.fixture
def declared(tmp_path):
    def read(prod):
        path = tmp_path / "environments.py"
        path.write_text(SOURCE.format(prod=prod))
        return path, runpy.run_path(str(path))["ENVIRONMENTS"]

    return read


@pytest.mark.parametrize(
    ("prod", "message"),
    [
        ("return replace(BASIC, name='prod', ownr='x')", "line 12: environment prod: ownr is not"),
        ("return replace(BASIC, name='live')", "line 10: environment prod: name is 'live'"),
        ("BASIC", "line 10: environment prod: prod\\(\\) is None"),
        (
            "return BASIC,",
            "line 10: environment prod: prod\\(\\) is \\(Environment.*without a comma",
        ),
        ("return {}['a']", "line 12: environment prod: KeyError: 'a'"),
        ("return nothing", "line 12: environment prod: name 'nothing' is not defined"),
        ("return open('no')", "line 12: environment prod: FileNotFoundError: "),
        (
            "return Pipeline(name='churn', schedule=Schedule(expression=5))",
            "line 12: environment prod, pipeline churn: schedule.expression is 5",
        ),
    ],
)
def test_an_error_breaks_only_its_environment(declared, prod, message):
    path, environments = declared(prod)
    assert environments["dev"].name == "dev"
    with pytest.raises(ConfigurationError, match=f"{re.escape(str(path))}, {message}"):
        environments["prod"]
    assert list(environments) == ["dev", "prod"]
    assert len(environments) == 2
    assert "prod" in environments


def test_a_name_that_is_used_twice_breaks_only_this_name(declared):
    copied = "return BASIC\n\n@ENVIRONMENTS.add\ndef prod() -> Environment:\n    return BASIC"
    _, environments = declared(copied)
    assert environments["dev"].name == "dev"
    with pytest.raises(ConfigurationError, match="each name once; .* in lines 10, 14"):
        environments["prod"]


def test_an_environment_is_created_once_and_when_it_is_read():
    environments, created = Environments(), []

    @environments.add
    def basic():
        created.append("basic")
        return BASIC

    assert environments.get("other") is None
    assert list(environments) == ["basic"]
    assert created == []
    assert environments["basic"] is environments.get("basic") is BASIC
    assert created == ["basic"]
    with pytest.raises(KeyError):
        environments["other"]


def test_the_path_in_messages_is_the_file_of_the_function():
    environments = Environments()

    @environments.add
    def broken():
        return None

    with pytest.raises(ConfigurationError, match=re.escape(str(Path(__file__)))):
        environments["broken"]
