"""A commit is delivered to two laptop clouds, with the build specifications of the templates."""

from __future__ import annotations

import json
import shutil
import subprocess
from contextlib import ExitStack
from dataclasses import replace

import pytest

from tests.integration.laptop import IMPORTS, REPOSITORY, Laptop, started

pytestmark = pytest.mark.laptop

FIXTURE = REPOSITORY / "tests" / "application" / "delivered_repository"
ACCOUNTS = {"staging": "333333333333", "prod": "444444444444"}


class Repository:
    """A git repository with the fixture."""

    def __init__(self, folder):
        self.folder = folder
        shutil.copytree(FIXTURE, folder)
        self._git("init", "--quiet", "--initial-branch", "main")
        self.commit("first")

    def commit(self, message, **threshold):
        if threshold:
            (self.folder / "threshold.json").write_text(json.dumps(threshold))
        self._git("add", "--all")
        identity = ("-c", "user.name=Someone", "-c", "user.email=someone@example.com")
        self._git(*identity, "commit", "--quiet", "--message", message)

    def _git(self, *arguments):
        subprocess.run(["git", *arguments], cwd=self.folder, check=True, capture_output=True)


@pytest.fixture(scope="module")
def clouds(tmp_path_factory):
    """Environment -> its laptop cloud, which is empty."""
    with ExitStack() as stack:
        yield {
            name: stack.enter_context(started(Laptop(tmp_path_factory.mktemp(name) / "state")))
            for name in ACCOUNTS
        }


@pytest.fixture(scope="module")
def repository(tmp_path_factory):
    return Repository(tmp_path_factory.mktemp("repository") / "delivered")


@pytest.fixture(scope="module")
def deliver(tmp_path_factory, clouds, repository):
    tools = replace(
        Laptop(tmp_path_factory.mktemp("tools") / "state"),
        folder=repository.folder,
        environment=IMPORTS,
    )
    accounts = [
        option
        for name, laptop in clouds.items()
        for option in ("--account", f"{ACCOUNTS[name]}={laptop.state}")
    ]

    def run(*arguments, code=0):
        started = () if arguments else (*accounts, "--skip", "update")
        return tools.run("deliver", *arguments, *started, "--json", code=code)

    return run


def threshold(laptop, environment):
    """Return the default of tickit's threshold in a deployed environment, or None."""
    listed = laptop.client("sagemaker").list_pipelines()["PipelineSummaries"]
    name = f"redline-{environment}-tickit"
    if name not in [each["PipelineName"] for each in listed]:
        return None
    described = laptop.client("sagemaker").describe_pipeline(PipelineName=name)
    parameters = json.loads(described["PipelineDefinition"])["Parameters"]
    return {each["Name"]: each["DefaultValue"] for each in parameters}["MaxErrorRatio"]


def test_a_commit_whose_test_fails_changes_nothing(clouds, repository, deliver):
    repository.commit("a threshold that the test rejects", MaxErrorRatio=1.5)
    message = deliver(code=2).stderr
    assert "the stage checks failed" in message
    assert "assert 1.5 < 1" in message
    for laptop in clouds.values():
        assert laptop.client("cloudformation").describe_stacks()["Stacks"] == []


def test_a_commit_arrives_in_production_after_the_approval(clouds, repository, deliver):
    repository.commit("a stricter threshold", MaxErrorRatio=0.8)
    # Builds see commits only.
    (repository.folder / "threshold.json").write_text('{"MaxErrorRatio": 9.0}')
    waiting = json.loads(deliver().stdout)
    assert (waiting["status"], waiting["waits_for"]) == ("WaitingForApproval", "Deploy to prod?")
    assert threshold(clouds["staging"], "staging") == 0.8
    assert threshold(clouds["prod"], "prod") is None
    assert json.loads(deliver("--approve").stdout)["status"] == "Succeeded"
    assert threshold(clouds["prod"], "prod") == 0.8


def test_an_approval_decides_once(deliver):
    assert "waits for approval: the last one is Succeeded" in deliver("--approve", code=2).stderr
