"""The stacks that an app no longer contains, as its command `orphans` lists them."""

from __future__ import annotations

import json
from dataclasses import asdict

import pytest

from local_cloud.context import Cloud
from local_cloud.deployment import orphaned_stacks
from local_cloud.deployment.orphaned_stacks import (
    DELETE,
    LIST,
    OrphanedStack,
    handle_orphans,
    orphan_lines,
    unknown_stacks,
)
from local_cloud.errors import DeployFailed
from local_cloud.server import running

OLD = OrphanedStack("app-old", "CREATE_COMPLETE", ("rule daily: enabled",), "deleted")
# A command of an app that lists one stack. Its arguments decide whether it succeeds.
COMMAND = """
import json, sys
assert sys.argv[1:5] == ["test", "--app", "ASSEMBLY", "--json"]
if "--delete" in sys.argv:
    sys.exit("app-old is in use")
print(json.dumps([STACK]))
"""


@pytest.fixture
def app(tmp_path):
    """The folder of an app that contains no stack, and its assembly."""
    (tmp_path / "manifest.json").write_text(json.dumps({"artifacts": {}}))
    command = COMMAND.replace("ASSEMBLY", str(tmp_path)).replace("STACK", repr(asdict(OLD)))
    (tmp_path / "command.py").write_text(command)
    settings = 'orphans = ["python", "command.py", "{environment}"]'
    (tmp_path / "pyproject.toml").write_text(f"[tool.laptop]\n{settings}\n")
    return tmp_path


@pytest.fixture
def orphans(app, monkeypatch):
    """Return a function that handles the orphans of a cloud with these stacks."""

    def handle(*existing, action=LIST):
        monkeypatch.setattr(orphaned_stacks, "unknown_stacks", lambda cloud, known: existing)
        cloud = Cloud(endpoint="http://localhost:1", state=app)
        return handle_orphans(cloud, "test", app, folder=app, action=action)

    return handle


def test_the_command_of_the_app_lists_them(orphans):
    assert orphans("app-old") == (OLD,)
    assert list(orphan_lines([OLD])) == [
        "app-old (CREATE_COMPLETE), which the app no longer contains: deleted",
        "  rule daily: enabled",
    ]


def test_the_error_of_the_command_is_raised(orphans):
    with pytest.raises(DeployFailed, match="app-old is in use"):
        orphans("app-old", action=DELETE)


def test_without_unknown_stacks_the_command_is_not_run(orphans):
    assert orphans(action=DELETE) == ()


def test_an_app_without_the_command_has_no_orphans(orphans, app):
    (app / "pyproject.toml").unlink()
    assert orphans("app-old", action=DELETE) == ()


def test_deleted_stacks_and_the_bootstrap_are_not_unknown(tmp_path):
    body = json.dumps({"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}})
    with running(state=tmp_path / "state") as cloud:
        client = cloud.client("cloudformation")
        for name in ("CDKToolkit", "app-one", "app-old", "app-deleted"):
            client.create_stack(StackName=name, TemplateBody=body)
        client.delete_stack(StackName="app-deleted")
        assert unknown_stacks(cloud, ["app-one"]) == ("app-old",)
