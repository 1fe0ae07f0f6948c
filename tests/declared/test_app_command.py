"""The CDK CLI runs app.py."""

import importlib.util
import json
import os
import subprocess
import sys

import pytest

import stacks
from stacks import declared_environments
from stacks.config import ConfigurationError
from stacks.environments import ENVIRONMENTS
from tests.synthesis import parts


@pytest.fixture
def run_app(repository, tmp_path):
    def run(**context):
        variables = {
            "PATH": os.environ["PATH"],
            "CDK_OUTDIR": str(tmp_path),
            "CDK_CONTEXT_JSON": json.dumps(context),
        }
        return subprocess.run(
            [sys.executable, "app.py"],
            cwd=repository,
            env=variables,
            capture_output=True,
            text=True,
        )

    return run


def templates(folder):
    return sorted(
        path.name.removesuffix(".template.json") for path in folder.glob("*.template.json")
    )


def test_without_context_it_is_local(run_app, tmp_path):
    child = run_app()
    assert child.returncode == 0, child.stderr
    assert templates(tmp_path)[0] == "redline-local-alerts"


@pytest.mark.parametrize(
    ("source", "line", "message"),
    [
        ("A = (\n    1\n    2,\n)\n", 2, "invalid syntax. Perhaps you forgot a comma?"),
        (
            "from stacks.config import Schedule\n\nSchedule('rate(1 day)')\n",
            3,
            "Schedule has the value 'rate(1 day)' without the name of a field",
        ),
        ("x = Pipelin\n", 1, "name 'Pipelin' is not defined"),
    ],
)
def test_invalid_python_of_the_environments_is_an_error_with_its_line(
    tmp_path, monkeypatch, source, line, message
):
    path = tmp_path / "environments.py"
    path.write_text(source)
    spec = importlib.util.spec_from_file_location("stacks.environments", path)

    class Finder:
        @staticmethod
        def find_spec(name, *_):
            return spec if name == "stacks.environments" else None

    monkeypatch.setattr(sys, "meta_path", [Finder, *sys.meta_path])
    monkeypatch.delitem(sys.modules, "stacks.environments")
    monkeypatch.delattr(stacks, "environments")
    monkeypatch.setattr(declared_environments, "FILE", path)
    with pytest.raises(ConfigurationError) as refused:
        declared_environments.environment_named("local")
    assert str(refused.value).startswith(f"{path}, line {line}: ")
    assert message in str(refused.value)


def test_an_unknown_environment_is_refused_in_one_line(run_app, tmp_path):
    child = run_app(env="nope")
    assert child.returncode == 1
    assert child.stderr.strip() == (
        f"redline: env is 'nope': allowed is {', '.join(ENVIRONMENTS)}; choose one with -c env=NAME"
    )
    assert templates(tmp_path) == []


def rules(folder):
    found = [json.loads(path.read_text()) for path in folder.glob("*.template.json")]
    return [template.get("Rules") for template in found]


@pytest.fixture
def name():
    """The name of an environment that retains data and has no account."""
    names = [name for name, each in ENVIRONMENTS.items() if each.lacks_account]
    if not names:
        pytest.skip("all environments that retain data have an account")
    return names[0]


@pytest.mark.slow
def test_the_context_names_an_environment_that_retains_data_and_has_no_account(
    run_app, tmp_path, name
):
    child = run_app(env=name)
    assert child.returncode == 0, child.stderr
    assert templates(tmp_path) == sorted(
        f"redline-{name}-{part}" for part in parts(ENVIRONMENTS[name])
    )
    for found in rules(tmp_path):
        ((assertion,),) = [each["Assertions"] for each in found.values()]
        assert assertion["AssertDescription"].startswith(f"account of {name} is None: set it")


@pytest.mark.slow
def test_the_context_names_the_account(run_app, tmp_path, name):
    assert run_app(env=name, account="1" * 12).returncode == 0
    assert rules(tmp_path) == [None] * len(rules(tmp_path))
    manifest = json.loads((tmp_path / "manifest.json").read_text())
    stacks = [each for each in manifest["artifacts"].values() if "stack" in each["type"]]
    assert {each["environment"] for each in stacks} == {
        f"aws://{'1' * 12}/{ENVIRONMENTS[name].region}"
    }


def test_an_account_of_other_than_twelve_digits_is_refused(run_app, name):
    child = run_app(env=name, account="mine")
    assert child.returncode == 1
    assert child.stderr.startswith("redline: account is 'mine': allowed is twelve digits")
