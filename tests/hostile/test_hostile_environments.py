"""Every command ends with a result or with a sentence, never with a traceback, wherever it runs."""

from __future__ import annotations

import json
import random
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from local_cloud.cli import command_names
from local_cloud.client import connect
from local_cloud.server_lifecycle import stop
from operations import cli as client
from tests.hostile.environments import ENVIRONMENTS, Environment, busy_port

pytestmark = pytest.mark.slow

APP = Path(__file__).with_name("small_app")
# The small app has a name for its warehouse, but none for an environment.
MAIN = {
    "up": (),
    "deploy": (),
    "query": ("SELECT 'é→' AS a", "--warehouse", "small-warehouse"),
    "down": (),
}
# Arguments of the other commands. Commands about pipelines find none in the small app.
OTHERS: dict[str, tuple[str, ...]] = {
    "accept-data": ("nothing", "0", "--reason", "none"),
    "alarms": (),
    "analysis": ("nothing",),
    "approve": ("nothing",),
    # It would not end.
    "board": ("--help",),
    "compare": ("latest", "latest"),
    "cost": (),
    "deliver": ("--approve",),
    "describe": ("latest",),
    "destroy": (),
    "drift": ("nothing",),
    "quality": ("nothing",),
    "endpoints": (),
    "env": (),
    "exec": ("true",),
    "expire": (),
    "faults": (),
    "left": (),
    "load": (),
    "logs": ("latest", "Train"),
    "orphans": (),
    "permissions": (),
    "pipelines": (),
    "predict": ("nothing", "-"),
    "preflight": (),
    "lineage": ("nothing",),
    "promote": ("nothing/1", "--from", "staging"),
    "protection": (),
    "redshift-ml": ("nothing",),
    "reject": ("nothing",),
    "report": ("latest",),
    "retry": ("latest",),
    "rollback": ("nothing",),
    "runs": (),
    "schema": ("public.sales",),
    "schedules": (),
    # It deploys and destroys, which the others already do.
    "smoke": ("--help",),
    "start": ("nothing",),
    "status": (),
    "stop": ("latest",),
    "tick": ("nothing",),
    "tuning": (),
    "versions": (),
}
DRAWN = random.Random(12).sample([each for each in ENVIRONMENTS if not each.fails], 5)
# A traceback, and what the interpreter prints if the flush at its end fails.
LEAKED = re.compile(r"Traceback|Exception ignored|Fatal Python error")


class Hostile:
    """Runs commands in an environment."""

    def __init__(self, environment: Environment, root: Path, repository: Path):
        self.environment = environment
        self.folder = root / environment.folder
        shutil.copytree(APP, self.folder)
        (self.folder / "node_modules").symlink_to(repository / "node_modules")
        environment.prepare(self.folder)
        self.variables = environment.process_variables(self.folder)

    def bootstrap(self):
        """Create a stack with the name of the bootstrap stack: `cdk bootstrap` takes seconds."""
        client = connect(self.folder / self.environment.state).client("cloudformation")
        template = {"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}}
        client.create_stack(StackName="CDKToolkit", TemplateBody=json.dumps(template))

    def run(self, name, *arguments, codes=(0,)):
        """Run a command and check how it ends."""
        ended = subprocess.run(
            self.environment.command(name, *arguments),
            cwd=self.folder,
            env=self.variables,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=300,
        )
        shown = f"{name}: {ended.returncode}\n{ended.stdout}\n{ended.stderr}"
        assert not LEAKED.search(shown), shown
        expected = self.environment.fails.get(name)
        if expected is None:
            assert ended.returncode in codes, shown
        else:
            assert ended.returncode == 2, shown
            assert expected in ended.stderr, shown


@pytest.fixture(params=ENVIRONMENTS, ids=lambda each: each.name)
def hostile(request, tmp_path, repository):
    hostile = Hostile(request.param, tmp_path, repository)
    yield hostile
    stop(hostile.folder / request.param.state)


def test_the_main_commands(hostile):
    up = [each == "BUSY" and str(busy_port()) or each for each in hostile.environment.up]
    hostile.run("up", *up)
    if hostile.environment not in DRAWN and "deploy" not in hostile.environment.fails:
        hostile.bootstrap()
    hostile.run("deploy")
    hostile.run("query", *MAIN["query"])
    if hostile.environment in DRAWN:
        for name in sorted(OTHERS, key=lambda name: name == "destroy"):
            hostile.run(name, *OTHERS[name], codes=(0, 1, 2))
    hostile.run("down")


def test_all_commands_are_run():
    assert sorted([*MAIN, *OTHERS]) == sorted([*command_names(), *client.command_names()])
