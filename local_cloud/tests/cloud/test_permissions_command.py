"""`permissions`: unused grants, their explanations, and denied calls."""

from __future__ import annotations

import json

import pytest
from botocore.exceptions import ClientError

from local_cloud import cli
from local_cloud.authorization.grant_usage import Explanation, RoleUsage, usage
from local_cloud.client import read_permissions
from local_cloud.commands import permissions

ROLE = "arn:aws:iam::123456789012:role/made"


def test_used_grants_explanations_and_denials():
    statement = {
        "name": "p[0]",
        "allows": True,
        "actions": ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"],
        "resources": ["*"],
    }
    call = {"role": ROLE, "resource": "x", "allowed": True, "action": "s3:GetObject"}
    use = {"statement": "p[0]", "action": "s3:GetObject", "resource": "*"}
    denied = {**call, "allowed": False, "action": "sqs:SendMessage", "uses": []}
    report = {
        "roles": [{"arn": ROLE, "name": "stack/Role0123ABCD", "statements": [statement]}],
        "calls": [{**call, "uses": [use]}, denied],
    }
    (role,) = usage(report, [Explanation("stack/R*", "s3:Put*", "for uploads")])
    assert role.role == "stack/Role"
    assert [grant.used for grant in role.of("action")] == [True, False, False]
    assert [grant.text for grant in role.unexplained] == ["s3:DeleteObject"]
    assert list(role.denied) == [denied]


def test_role_names_are_complete_in_a_narrow_terminal(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "50")
    name = "redline-local-tickit-serving/EndpointEmptierFunctionRole"
    permissions.print_usage([RoleUsage(name, (), ())])
    shown = "".join(line.split(" ")[0] for line in capsys.readouterr().out.splitlines())
    assert shown == f"role{name}"


@pytest.fixture(scope="module")
def used(cloud, stacks, trust, allow):
    """A deployed role that has made one allowed call and one denied call."""
    document = allow("sqs:ListQueues", "sns:ListTopics")
    role = {
        "Type": "AWS::IAM::Role",
        "Properties": {
            "AssumeRolePolicyDocument": trust("lambda.amazonaws.com"),
            "Policies": [{"PolicyName": "own", "PolicyDocument": document}],
        },
    }
    assert stacks.create("permitted", {"Worker0123ABCD": role}) == "CREATE_COMPLETE"
    name = stacks.ids("permitted")["Worker0123ABCD"]
    arn = f"arn:aws:iam::123456789012:role/{name}"
    cloud.client("sqs", arn).list_queues()
    with pytest.raises(ClientError):
        cloud.client("kms", arn).list_keys()
    return cloud


def test_the_server_reports_deployed_roles(used):
    report = read_permissions(used)
    (role,) = (role for role in report["roles"] if role["name"] == "permitted/Worker0123ABCD")
    assert role["statements"][0]["actions"] == ["sqs:ListQueues", "sns:ListTopics"]
    assert report["resources"]["permitted/Worker0123ABCD"]["Type"] == "AWS::IAM::Role"


def test_the_command_lists_unused_grants_and_denied_calls(used, monkeypatch, capsys, tmp_path):
    monkeypatch.setattr("local_cloud.cli.connect", lambda state: used)
    monkeypatch.chdir(tmp_path)
    assert cli.main(["permissions", "--json"]) == 1
    (role,) = (
        found
        for found in json.loads(capsys.readouterr().out)["roles"]
        if found["role"] == "permitted/Worker"
    )
    unused = [grant["text"] for grant in role["grants"] if not grant["used"]]
    assert unused == ["sns:ListTopics", "sts:AssumeRole"]
    assert [call["action"] for call in role["denied"]] == ["kms:ListKeys"]
    assert cli.main(["permissions"]) == 1
    shown = capsys.readouterr().out
    assert "unused  permitted/Worker  own[0]: sns:ListTopics" in shown
    assert "denied  permitted/Worker  kms:ListKeys" in shown
