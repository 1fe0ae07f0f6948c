"""The stages of a pipeline's template run as processes, in clones of a commit."""

from __future__ import annotations

import json
import subprocess

import pytest

from local_cloud.commands import deliver
from local_cloud.delivery.checkout import checkout, commit_of
from local_cloud.delivery.execution import decide, start
from local_cloud.delivery.stages import DeliveryFailed, read_stages
from local_cloud.errors import NotRunning

ROLE = "arn:aws:iam::333333333333:role/deployer"
# Writes the template of the commit as an app does.
SYNTHESIS = ("sh", "-c", 'mkdir -p "$CDK_OUTDIR" && cp one.template.json "$CDK_OUTDIR"')


def build(name, *commands, **variables):
    """The project and the stage of a build."""
    specification = {
        "version": "0.2",
        "env": {"variables": variables},
        "phases": {"build": {"commands": commands}, "install": {"commands": [f"echo {name}"]}},
    }
    source = {"BuildSpec": json.dumps(specification)}
    project = {"Type": "AWS::CodeBuild::Project", "Properties": {"Source": source}}
    return project, action(name, "Build", ProjectName={"Ref": name})


def action(name, category, **configuration):
    kind = {"Category": category}
    only = {"Name": name, "ActionTypeId": kind, "Configuration": configuration}
    return {"Name": name, "Actions": [only]}


def template(*stages):
    projects = {stage["Name"]: project for project, stage in stages if project}
    listed = [action("source", "Source"), *(stage for _, stage in stages)]
    pipeline = {"Type": "AWS::CodePipeline::Pipeline", "Properties": {"Stages": listed}}
    return {"Resources": {**projects, "Pipeline": pipeline}}


APPROVAL = (None, action("approval", "Approval", CustomData="Deploy?"))


class Repository:
    """A git repository whose only file is a template."""

    def __init__(self, folder):
        self.folder = folder
        self.git("init", "--quiet", "--initial-branch", "main")

    def commit(self, *stages):
        self.commit_template(template(*stages))

    def commit_template(self, written):
        (self.folder / "one.template.json").write_text(json.dumps(written))
        self.git("add", "--all")
        identity = ("-c", "user.name=Someone", "-c", "user.email=someone@example.com")
        self.git(*identity, "commit", "--quiet", "--message", "changed")

    def git(self, *arguments):
        subprocess.run(["git", *arguments], cwd=self.folder, check=True, capture_output=True)


@pytest.fixture
def repository(tmp_path):
    folder = tmp_path / "repository"
    folder.mkdir()
    return Repository(folder)


@pytest.fixture
def run(tmp_path, repository):
    """A function that delivers the newest commit. Its lines are in `run.lines`."""
    lines = []

    def run(*, skipped=(), synthesis=SYNTHESIS, **accounts):
        lines.clear()
        return start(
            tmp_path / "delivery",
            repository.folder,
            "main",
            synthesis=synthesis,
            accounts=accounts.get("accounts", {}),
            skipped=skipped,
            report=lines.append,
        )

    run.lines, run.folder = lines, tmp_path / "delivery"
    return run


def test_all_stages_run_in_clones_of_the_commit(run, repository, tmp_path):
    seen = tmp_path / "seen"
    repository.commit(
        build("first", f"ls >> {seen}", "touch only_here"),
        build("second", f"ls >> {seen}", f'echo "$COLOUR" >> {seen}', COLOUR="green"),
    )
    (repository.folder / "not_committed").touch()
    execution = run()
    assert (execution.status, execution.done) == ("Succeeded", ("first", "second"))
    assert seen.read_text().split() == ["one.template.json", "one.template.json", "green"]
    assert run.lines == ["first: succeeded", "second: succeeded"]


def test_phases_run_in_their_order_in_one_shell(run, repository, tmp_path):
    repository.commit(build("first", "name=kept", 'echo "$name"'))
    run()
    assert (run.folder / "first.log").read_text() == "first\nkept\n"


def together(name, *stages):
    """One stage with the actions of several, of which the last is listed first."""
    actions = [
        {**stage["Actions"][0], "RunOrder": order} for order, (_, stage) in enumerate(stages, 1)
    ]
    return {"Name": name, "Actions": actions[::-1]}


def test_actions_of_a_stage_run_in_their_order(run, repository):
    """https://docs.aws.amazon.com/codepipeline/latest/userguide/concepts-how-it-works.html"""
    stages = (build("deploy", "true"), build("use", "true"), APPROVAL, build("last", "true"))
    written = template(*stages)
    listed = written["Resources"]["Pipeline"]["Properties"]["Stages"]
    listed[1:] = [together("dev", *stages[:2]), together("prod", *stages[2:])]
    repository.commit_template(written)
    assert run().done == ("deploy", "use")
    ended = decide(run.folder, approved=True, report=run.lines.append)
    assert ended.done == ("deploy", "use", "approval", "last")


def test_a_failed_command_ends_the_delivery(run, repository, tmp_path):
    later = tmp_path / "later"
    repository.commit(
        build("first", "echo why it failed", "exit 3", f"touch {later}"),
        build("second", f"touch {later}"),
    )
    with pytest.raises(
        DeliveryFailed, match=r"the stage first failed with the exit code 3"
    ) as error:
        run()
    assert "why it failed" in str(error.value)
    assert not later.exists()
    with pytest.raises(DeliveryFailed, match="the last one is Failed"):
        decide(run.folder, approved=True, report=run.lines.append)


def test_an_approval_continues_with_the_same_commit(run, repository, tmp_path):
    later = tmp_path / "later"
    repository.commit(
        build("first", "true"), APPROVAL, build("second", f"git log -1 --format=%H > {later}")
    )
    waiting = run()
    assert (waiting.status, waiting.waits_for) == ("WaitingForApproval", "Deploy?")
    assert not later.exists()
    repository.commit(build("first", "false"))
    done = decide(run.folder, approved=True, report=run.lines.append)
    assert (done.status, done.done) == ("Succeeded", ("first", "approval", "second"))
    assert later.read_text().strip() == waiting.commit


def test_a_rejection_ends_the_delivery(run, repository, tmp_path):
    later = tmp_path / "later"
    repository.commit(APPROVAL, build("second", f"touch {later}"))
    run()
    assert decide(run.folder, approved=False, report=run.lines.append).status == "Rejected"
    with pytest.raises(DeliveryFailed, match="the last one is Rejected"):
        decide(run.folder, approved=True, report=run.lines.append)
    assert not later.exists()


def test_a_stage_may_be_skipped(run, repository):
    repository.commit(build("first", "false"), build("second", "true"))
    assert run(skipped=("first",)).status == "Succeeded"
    assert run.lines[0] == "first: skipped"


def test_every_account_has_a_laptop_cloud_before_the_first_stage(run, repository, tmp_path):
    early = tmp_path / "early"
    repository.commit(build("first", f"touch {early}"), build("second", "true", ROLE=ROLE))
    with pytest.raises(DeliveryFailed, match="--account 333333333333=DIR"):
        run()
    with pytest.raises(NotRunning):
        run(accounts={"333333333333": str(tmp_path / "nothing")})
    assert not early.exists()


def test_a_build_without_an_account_reaches_none(run, repository, monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "of-the-shell")
    monkeypatch.setenv("AWS_PROFILE", "production")
    repository.commit(build("first", 'echo "$AWS_ACCESS_KEY_ID $AWS_PROFILE"'))
    run()
    assert (run.folder / "first.log").read_text() == "first\nnone \n"


def test_an_unknown_commit_is_an_error(repository):
    repository.commit(APPROVAL)
    with pytest.raises(DeliveryFailed, match="Needed a single revision"):
        commit_of(repository.folder, "nothing")


def test_a_hook_does_not_change_the_repository(repository, monkeypatch, tmp_path):
    repository.commit(APPROVAL)
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere"))
    with checkout(repository.folder, commit_of(repository.folder, "main")) as source:
        assert (source / "one.template.json").exists()


@pytest.mark.parametrize(
    ("synthesis", "message"),
    [
        ((), r"\[tool.laptop\] of pyproject.toml has no delivery"),
        (("sh", "-c", "echo no app >&2; exit 1"), "not synthesised:\nno app"),
    ],
)
def test_a_delivery_needs_templates(run, repository, synthesis, message):
    repository.commit(APPROVAL)
    with pytest.raises(DeliveryFailed, match=message):
        run(synthesis=synthesis)


@pytest.mark.parametrize(
    ("resources", "message"),
    [
        ({}, "has 0 resources AWS::CodePipeline::Pipeline"),
        (
            template(build("x", "true"), build("x", "true"))["Resources"],
            "has 2 actions x: this machine runs pipelines whose actions have different names",
        ),
        (
            template((None, action("x", "Deploy")))["Resources"],
            "the action x of the stage x has the category Deploy",
        ),
        (
            template((None, action("x", "Build", ProjectName="elsewhere")))["Resources"],
            "no AWS::CodeBuild::Project with a literal BuildSpec",
        ),
    ],
)
def test_a_template_that_cannot_run_here_is_rejected(tmp_path, resources, message):
    (tmp_path / "one.template.json").write_text(json.dumps({"Resources": resources}))
    with pytest.raises(DeliveryFailed, match=message):
        read_stages(tmp_path)


@pytest.mark.parametrize("text", ["333333333333", "33=folder", "staging=folder", "333333333333="])
def test_an_account_has_twelve_digits_and_a_folder(text):
    with pytest.raises(deliver.argparse.ArgumentTypeError, match="ID=DIR"):
        deliver._account(text)
