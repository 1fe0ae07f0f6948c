"""A pipeline is removed from a deployed environment: its stack is listed, and deleted."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from tests.integration.laptop import FOLLOWED, IMPORTS, REPOSITORY, Laptop, started, write_app

pytestmark = pytest.mark.laptop

APP = REPOSITORY / "tests" / "application" / "app_of_named_pipelines.py"
ORPHANS = 'orphans = ["python", "-m", "operations", "--env", "{environment}", "orphans"]\n'


@dataclass(frozen=True)
class App:
    """An app in its own folder on a laptop cloud: each test deploys the stacks that it needs."""

    laptop: Laptop

    def run(self, command: str, environment: str, *pipelines: str) -> dict[str, object]:
        """Run `deploy` or `destroy` with these pipelines. Return the document that it prints."""
        settings = f"{FOLLOWED}{ORPHANS}"
        write_app(self.laptop.folder, APP, settings=settings, pipelines=pipelines)
        return dict(self.laptop.json(command, environment))

    def stacks(self) -> set[str]:
        found = self.laptop.client("cloudformation").describe_stacks()["Stacks"]
        return {stack["StackName"] for stack in found}


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    """An app on a laptop cloud; the last test of this module stops it."""
    folder = tmp_path_factory.mktemp("app")
    state = tmp_path_factory.mktemp("orphans") / "state"
    with started(Laptop(state, environment=IMPORTS, folder=folder)) as laptop:
        yield App(laptop)


@pytest.fixture(scope="module")
def deployed(app):
    """The document of a deployment whose app no longer contains the pipeline demand."""
    assert app.run("deploy", "local", "files", "demand")["orphans"] == []
    return app.run("deploy", "local", "files")


def test_a_deployment_deletes_the_stacks_of_a_removed_pipeline(app, deployed):
    assert [each["name"] for each in deployed["orphans"]] == [
        "redline-local-demand-serving",
        "redline-local-demand",
    ]
    assert {each["outcome"] for each in deployed["orphans"]} == {"deleted"}
    schedule = "schedule rule redline-local-demand-schedule: rate(1 day), enabled"
    assert any(line.startswith(schedule) for line in deployed["orphans"][1]["runs"])
    assert not {name for name in app.stacks() if "demand" in name}
    assert "redline-local-files" in app.stacks()
    rules = app.laptop.client("events").list_rules(NamePrefix="redline-local-demand")["Rules"]
    assert rules == []


def test_destroy_deletes_the_stacks_of_removed_pipelines_too(app, deployed):
    destroyed = app.run("destroy", "local")
    assert [(each["name"], each["outcome"]) for each in destroyed["orphans"]] == [
        ("redline-local-files", "deleted")
    ]
    assert "redline-local-files" in destroyed["stacks"]
    assert app.stacks() == {"CDKToolkit"}


def test_where_data_is_retained_they_stay_and_down_lists_them(app):
    app.run("deploy", "staging", "files", "queued")
    (orphan,) = app.run("deploy", "staging", "files")["orphans"]
    assert orphan["name"] == "redline-staging-queued"
    command = "delete-stack --region us-east-1 --stack-name redline-staging-queued --endpoint-url"
    assert command in orphan["outcome"]
    assert "redline-staging-queued" in app.stacks()
    stopped = app.laptop.json("down")
    assert stopped["stopped"]
    assert [each["name"] for each in stopped["orphans"]] == ["redline-staging-queued"]
