"""The command `orphans`, tested against the services of a laptop cloud."""

from __future__ import annotations

import io
import json
import sys
from dataclasses import replace

import pytest

from operations import cli
from stacks.environments import ENVIRONMENTS

OLD, SERVED = "redline-dev-old", "redline-dev-old-serving"
FULL = {"Bucket": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "orphaned-and-full"}}}


@pytest.fixture
def run(aws, app, monkeypatch, capsys):
    """Run the command. Return its exit code and its output."""

    def run(*options, **changes):
        # A user may have declared the account of dev.
        environment = replace(ENVIRONMENTS["dev"], **{"account": None, **changes})
        changed = replace(aws, declared=environment)
        monkeypatch.setattr(cli, "connect", lambda _environment, _state: changed)
        code = cli.main(["--env", "dev", "orphans", "--app", str(app), *options])
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return run


RETAINED = {
    "retention": replace(ENVIRONMENTS["dev"].retention, removal="retain"),
    "generated_data": False,
}


@pytest.fixture
def stacks(cloud, create):
    """Two orphaned stacks, a stack of the app, and stacks of others. Return the existing stacks."""
    for name in ("redline-dev-data", OLD, SERVED, "redline-develop-old", "payroll"):
        create(name)

    def existing():
        found = cloud.client("cloudformation").describe_stacks()["Stacks"]
        return {stack["StackName"] for stack in found}

    return existing


def test_without_orphans_the_command_says_so(run, create):
    create("redline-dev-data")
    for option in ([], ["--delete-if-allowed"], ["--delete"]):
        assert run(*option) == (0, "The app contains all stacks of dev.\n", "")


def test_orphans_are_listed_and_stay(run, stacks):
    code, out, _ = run()
    assert code == 0
    assert out.splitlines()[:5] == [
        "Stacks of dev that the app no longer contains:",
        f"  {SERVED} (CREATE_COMPLETE)",
        "    nothing that is billed while idle",
        f"  {OLD} (CREATE_COMPLETE)",
        "    nothing that is billed while idle",
    ]
    assert f"{OLD}: the next deployment deletes it" in out
    assert "redline-develop-old" not in out
    assert {OLD, SERVED} <= stacks()


def test_a_stack_without_the_tags_of_the_environment_is_of_another_app(run, create):
    create("redline-dev-data")
    create("redline-dev-other", tagged={"Topic": {"Type": "AWS::SNS::Topic"}})
    assert run("--delete", "--yes") == (0, "The app contains all stacks of dev.\n", "")


def test_a_deployment_deletes_them_where_data_is_not_retained(run, stacks):
    code, out, _ = run("--delete-if-allowed")
    assert code == 0
    assert out.splitlines()[-2:] == [f"{SERVED}: deleted", f"{OLD}: deleted"]
    assert stacks() >= {"redline-dev-data", "redline-develop-old", "payroll"}
    assert not {OLD, SERVED} & stacks()


def test_a_deployment_prints_the_commands_where_data_is_retained(cloud, run, stacks):
    code, out, _ = run("--delete-if-allowed", **RETAINED)
    assert code == 0
    assert out.splitlines()[-1] == (
        f"{OLD}: a deployment does not delete it, because the environment retains its data; "
        f"delete it with: redline --env dev protection lift {OLD.removeprefix('redline-dev-')} && "
        f"aws cloudformation delete-stack --region us-east-1 --stack-name {OLD} "
        f"--endpoint-url {cloud.endpoint}"
    )
    assert {OLD, SERVED} <= stacks()


def test_destroy_deletes_them_in_every_environment_after_a_question(run, stacks, monkeypatch):
    code, out, _ = run("--delete", **RETAINED)
    assert code == 1
    assert f"{OLD}: not deleted: the question was not answered with yes" in out
    terminal = io.StringIO("n\n")
    terminal.isatty = lambda: True
    monkeypatch.setattr(sys, "stdin", terminal)
    assert run("--delete", **RETAINED)[0] == 1
    assert {OLD, SERVED} <= stacks()
    code, out, _ = run("--delete", "--yes", **RETAINED)
    assert code == 0
    assert f"{OLD}: deleted" in out
    assert not {OLD, SERVED} & stacks()


def test_a_stack_that_cannot_be_deleted_fails_the_command_with_the_reason(cloud, run, create):
    create(OLD, FULL)
    s3 = cloud.client("s3")
    s3.put_object(Bucket="orphaned-and-full", Key="a", Body=b"")
    try:
        code, out, _ = run("--delete-if-allowed")
    finally:
        s3.delete_object(Bucket="orphaned-and-full", Key="a")
    assert code == 1
    assert f"{OLD}: not deleted: Bucket: " in out


def test_stacks_of_another_account_are_not_deleted(run, stacks):
    code, _, err = run("--delete-if-allowed", account="210987654321")
    assert code == 2
    assert "the credentials are of the account 123456789012, but dev is deployed to 2109" in err
    assert {OLD, SERVED} <= stacks()


def test_with_json_the_text_goes_to_stderr(run, stacks):
    code, out, err = run("--json")
    assert code == 0
    assert [(each["name"], each["status"], each["runs"]) for each in json.loads(out)] == [
        (SERVED, "CREATE_COMPLETE", []),
        (OLD, "CREATE_COMPLETE", []),
    ]
    assert f"  {OLD} (CREATE_COMPLETE)" in err


def test_without_templates_nothing_is_deleted(run, stacks, app):
    (app / "manifest.json").unlink()
    code, _, err = run("--delete-if-allowed")
    assert code == 2
    assert "has no templates of stacks redline-dev-" in err
    assert {OLD, SERVED} <= stacks()
