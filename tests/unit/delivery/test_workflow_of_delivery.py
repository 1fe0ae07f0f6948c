"""The workflow of GitHub Actions has the stages of the list, with few permissions."""

from __future__ import annotations

import os
import re
import subprocess

import pytest
import yaml

from stacks.delivery.build_specification import build_specification
from stacks.delivery.declaration import DELIVERY
from stacks.delivery.stages import STAGES
from stacks.delivery.workflow import workflow
from tests.lock_files import REPOSITORY

PATH = REPOSITORY / ".github" / "workflows" / "delivery.yml"
TEXT = workflow(DELIVERY, STAGES)
WORKFLOW = yaml.safe_load(TEXT)
JOBS = WORKFLOW["jobs"]
# Of https://docs.github.com/actions/reference/workflows-and-actions/workflow-syntax
OF_A_JOB = {
    "needs",
    "if",
    "runs-on",
    "timeout-minutes",
    "environment",
    "permissions",
    "env",
    "steps",
}
COMMANDS = [stage for stage in STAGES if stage.commands]


def test_the_committed_file_is_the_rendered_one():
    assert PATH.read_text() == TEXT, "run `make workflow`"


def test_the_file_has_the_members_of_a_workflow():
    # YAML 1.1 reads the key `on` as true.
    assert set(WORKFLOW) == {"name", True, "permissions", "concurrency", "jobs"}
    for job in JOBS.values():
        assert set(job) <= OF_A_JOB
        for step in job["steps"]:
            assert set(step) in ({"uses", "with"}, {"run"})


def test_the_jobs_are_the_stages_one_after_another():
    assert list(JOBS) == [stage.name for stage in COMMANDS]
    assert [job.get("needs") for job in JOBS.values()] == [None, *list(JOBS)[:-1]]
    for stage in COMMANDS:
        run = [step["run"] for step in JOBS[stage.name]["steps"] if "run" in step]
        assert run == list(stage.commands)


def test_only_jobs_of_environments_get_a_token():
    assert WORKFLOW["permissions"] == {"contents": "read"}
    for stage in COMMANDS:
        job = JOBS[stage.name]
        assert job.get("environment", "") == stage.grant
        expected = {"contents": "read", "id-token": "write"} if stage.environment else None
        assert job.get("permissions") == expected
    assert "secrets." not in TEXT


def test_a_copy_of_the_repository_delivers_nothing():
    assert JOBS["checks"]["if"] == "vars.DELIVERY == 'enabled'"
    assert set(WORKFLOW[True]) == {"push"}


def test_the_approval_is_a_rule_of_the_environment_after_it():
    assert "# Set required reviewers in the environment prod-deploy" in TEXT


def test_actions_are_pinned_by_commit():
    used = re.findall(r"uses: (.*)$", TEXT, re.MULTILINE)
    for each in used:
        assert re.fullmatch(r"(actions|aws-actions)/[a-z-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", each)


@pytest.mark.parametrize("stage", COMMANDS, ids=lambda stage: stage.name)
def test_targets_of_make_exist(stage):
    makefile = (REPOSITORY / "Makefile").read_text()
    for command in stage.commands:
        target = re.match(r"(?:CDK_METHOD=template )?make ([\w-]+)", command)
        assert target is None or f".PHONY: {target[1]}\n" in makefile, command


def test_the_profile_lets_sdks_assume_the_role(tmp_path):
    """The commands of the phase run in one shell, as in version 0.2 of build specifications."""
    role = "arn:aws:iam::444444444444:role/redline-delivery-prod-deploy"
    specification = build_specification(STAGES[-1], role=role)
    script = "\n".join([*specification["phases"]["pre_build"]["commands"], "cat $AWS_CONFIG_FILE"])
    variables = {**specification["env"]["variables"], "PATH": os.environ["PATH"]}
    ended = subprocess.run(
        ["sh", "-ec", script], env=variables, capture_output=True, text=True, check=True
    )
    assert ended.stdout.splitlines() == [
        "[default]",
        f"role_arn = {role}",
        "credential_source = EcsContainer",
    ]
