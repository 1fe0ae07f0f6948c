"""Each command works with the policies that its page names, and with nothing else."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from tests.docs.command_policies import NEEDED, policies
from tests.integration.laptop import REPOSITORY

pytestmark = pytest.mark.laptop

# Command -> its arguments. {execution} is a run of tickit, {package} its version.
READING = {
    "alarms": [],
    "cost": ["{execution}"],
    "describe": ["{execution}"],
    "endpoints": [],
    "logs": ["{execution}", "Train"],
    "pipelines": [],
    "report": ["{execution}", "-o", "{folder}/report.html"],
    "runs": [],
    "schedules": [],
    "status": [],
    "versions": [],
}
READER_SQL = ["SELECT COUNT(*) FROM sales", "--user", "pipeline_reader_tickit"]
ANY_SQL = ["SELECT COUNT(*) FROM users"]


@pytest.fixture(scope="module")
def people(laptop):
    """Sessions of persons with the policies of readers, operators and approvers, and without."""
    return {needed: _session(laptop, needed) for needed in NEEDED.values()}


def _session(laptop, needed):
    """Variables of a person whose role has these policies."""
    iam, sts = laptop.client("iam"), laptop.client("sts")
    account = sts.get_caller_identity()["Account"]
    trust = {
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{account}:root"},
        "Action": "sts:AssumeRole",
    }
    name = "-".join(["person", *needed])
    role = iam.create_role(
        RoleName=name,
        AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]}),
    )["Role"]["Arn"]
    for each in needed:
        arn = laptop.output("redline-local-operations", f"{each.capitalize()}PolicyArn")
        iam.attach_role_policy(RoleName=name, PolicyArn=arn)
    session = sts.assume_role(RoleArn=role, RoleSessionName="ada")["Credentials"]
    return {
        **laptop.cloud().environment(),
        "AWS_ACCESS_KEY_ID": session["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": session["SecretAccessKey"],
        "AWS_SESSION_TOKEN": session["SessionToken"],
    }


@pytest.fixture
def run(people, first_run, tmp_path):
    """Run a command of the client as a person with these policies."""

    def call(needed, command, *arguments):
        given = {
            "execution": first_run["execution_id"],
            "package": first_run["packages"][0]["arn"],
            "folder": str(tmp_path),
        }
        words = [each.format_map(given) for each in arguments]
        return subprocess.run(
            [sys.executable, "-m", "operations", "--env", "local", command, *words],
            cwd=REPOSITORY,
            env={**os.environ, **people[needed]},
            capture_output=True,
            text=True,
            check=False,
        )

    return call


@pytest.mark.parametrize("command", READING)
def test_a_reader_may_read(run, command):
    assert policies()[command] == "reader"
    ended = run(("reader",), command, *READING[command])
    assert ended.returncode == 0, ended.stderr


def test_without_a_policy_nothing_is_shown_and_the_action_is_named(run):
    ended = run((), "pipelines")
    assert ended.returncode == 2
    assert "sagemaker:ListPipelines" in ended.stderr or "events:ListRules" in ended.stderr


def test_a_reader_queries_as_a_pipeline_and_not_as_the_administrator(run):
    ended = run(("reader",), "query", *READER_SQL)
    assert ended.returncode == 0, ended.stderr
    denied = run(("reader",), "query", *ANY_SQL)
    assert "redshift:GetClusterCredentials" in denied.stderr
    allowed = run(("reader", "operator"), "query", *ANY_SQL)
    assert allowed.returncode == 0, allowed.stderr


def test_an_operator_starts_and_stops_runs(run):
    start = ("insurance", "--no-wait", "--json")
    denied = run(("reader",), "start", *start)
    assert "sagemaker:StartPipelineExecution" in denied.stderr
    started = run(("reader", "operator"), "start", *start)
    assert started.returncode == 0, started.stderr
    execution = json.loads(started.stdout)["execution_arn"]
    stopped = run(("reader", "operator"), "stop", execution)
    assert stopped.returncode == 0, stopped.stderr


def test_only_an_approver_decides(run):
    decision = ("{package}", "--minutes", "1", "--reason", "a test of policies")
    denied = run(("reader", "operator"), "reject", *decision)
    assert "sagemaker:UpdateModelPackage" in denied.stderr
    decided = run(("reader", "approver"), "reject", *decision)
    assert "not authorized" not in decided.stderr
    assert "is Rejected" in decided.stdout
