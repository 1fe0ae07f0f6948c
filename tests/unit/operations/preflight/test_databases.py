"""The check of other databases, with responses of secrets and groups that lack what jobs need."""

import datetime as dt
from functools import cache

import pytest

from operations.assembly import Assembly
from operations.environment_clients import EnvironmentClients
from operations.preflight.check import Account
from tests.application.databases import ENVIRONMENT, GROUP, SECRET, with_wheels
from tests.application.environments import FIXED
from tests.application.existing_network import SUBNETS, VPC
from tests.synthesis import synthesise
from tests.unit.operations.preflight.conftest import CHECKS

NAME, REGION = SECRET.rpartition("-")[0], ENVIRONMENT.region
ARN = f"arn:aws:secretsmanager:{REGION}:123456789012:secret:{SECRET}"
OWN_KEY = f"arn:aws:kms:{REGION}:123456789012:key/01234567-89ab-cdef-0123-456789abcdef"


@cache
def needs():
    found = synthesise(ENVIRONMENT, **{**FIXED, "root": with_wheels()})
    return Assembly.read(found.folder, prefix="redline-databases-", region=REGION)


@pytest.fixture
def findings(account):
    """Return a function that runs the check: subject -> finding."""

    def run():
        aws = EnvironmentClients.of(ENVIRONMENT, account.client)
        return {each.subject: each for each in CHECKS["databases"].findings(Account(aws, needs()))}

    return run


def answer_group(account, *, port=5432):
    permission = {
        "IpProtocol": "tcp",
        "FromPort": port,
        "ToPort": port,
        "IpRanges": [{"CidrIp": "172.20.0.0/16"}],
    }
    group = {"GroupId": GROUP, "VpcId": VPC, "IpPermissions": [permission]}
    account.answer("ec2", "describe_security_groups", {"SecurityGroups": [group]})
    subnets = [{"SubnetId": each, "CidrBlock": "172.20.0.0/20"} for each in SUBNETS]
    account.answer("ec2", "describe_subnets", {"Subnets": subnets})


def test_a_secret_and_a_group_that_admit_the_jobs_are_ok(account, findings):
    account.answer("secretsmanager", "describe_secret", {"ARN": ARN, "Name": NAME})
    answer_group(account)
    assert {each.status for each in findings().values()} == {"ok"}


def test_a_group_without_the_port_fails_with_the_command(account, findings):
    account.answer("secretsmanager", "describe_secret", {"ARN": ARN, "Name": NAME})
    answer_group(account, port=443)
    found = findings()[GROUP]
    assert (found.status, found.found) == (
        "fails",
        f"it does not allow port 5432 from {SUBNETS[0]}",
    )
    assert "authorize-security-group-ingress" in found.remedy


@pytest.mark.parametrize(
    ("described", "shown", "remedy"),
    [
        (None, "has no such secret", "create-secret --name orders-reader"),
        (
            {"ARN": ARN[:-1] + "X"},
            "ARN ends with orders-reader-AbCdEX",
            "set secret of the database",
        ),
        ({"ARN": ARN, "DeletedDate": dt.datetime(2026, 1, 1)}, "deletion", "restore-secret"),
        ({"ARN": ARN, "KmsKeyId": OWN_KEY}, f"its key is {OWN_KEY}", "set key_id of the database"),
    ],
)
def test_a_secret_that_jobs_cannot_read_fails(account, findings, described, shown, remedy):
    if described is None:
        account.refuse("secretsmanager", "describe_secret", "ResourceNotFoundException")
    else:
        account.answer("secretsmanager", "describe_secret", {"Name": NAME, **described})
    answer_group(account)
    found = findings()[SECRET]
    assert found.status == "fails"
    assert shown in found.found
    assert remedy in found.remedy
