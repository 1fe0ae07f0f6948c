"""An environment in a VPC that exists before it runs, and leaves the VPC as it was."""

from __future__ import annotations

import pytest

from operations.assembly import Assembly
from operations.environment_clients import EnvironmentClients
from operations.preflight.check import Account, all_checks
from tests.application.existing_network import SUBNETS, VPC, in_network
from tests.application.laptop import APP_OF_EXISTING_NETWORK, fill
from tests.integration.laptop import IMPORTS, Laptop, started, write_app

pytestmark = pytest.mark.laptop
DESCRIBED = {
    "Vpcs": "describe_vpcs",
    "Subnets": "describe_subnets",
    "VpcEndpoints": "describe_vpc_endpoints",
    "RouteTables": "describe_route_tables",
    "SecurityGroups": "describe_security_groups",
    "FlowLogs": "describe_flow_logs",
}


@pytest.fixture(scope="module")
def laptop(tmp_path_factory):
    folder = tmp_path_factory.mktemp("existing")
    write_app(folder / "app", APP_OF_EXISTING_NETWORK)
    with started(Laptop(folder / "state", environment=IMPORTS, folder=folder / "app")) as laptop:
        printed = laptop.run("deploy", "endpoints").stdout
        assert f"because it exists on AWS: {VPC}, {', '.join(SUBNETS)}" in printed
        yield laptop


def described(laptop):
    """Return what EC2 describes of the VPC."""
    ec2 = laptop.client("ec2")
    in_vpc = [{"Name": "vpc-id", "Values": [VPC]}]
    answers = {
        member: getattr(ec2, operation)(
            **({"Filter": []} if member == "FlowLogs" else {"Filters": in_vpc})
        )
        for member, operation in DESCRIBED.items()
    }
    return {member: answer[member] for member, answer in answers.items()}


def test_preflight_finds_the_vpc_as_the_environment_states_it(laptop):
    aws = EnvironmentClients.of(in_network("endpoints"), laptop.client)
    needs = Assembly.read(laptop.state / "cdk.out", prefix="redline-endpoints-", region="us-east-1")
    found = [
        each
        for check in all_checks()
        if check.name in ("existing network", "routes to AWS")
        for each in check.findings(Account(aws, needs))
    ]
    assert len(found) == 9
    assert [each for each in found if each.status != "ok"] == []


def test_a_pipeline_trains_in_the_vpc(laptop):
    fill(laptop, "endpoints")
    summary = laptop.json("start", "demand")
    assert summary["status"] == "Succeeded", summary


def test_after_destroy_the_vpc_is_as_it_was(laptop):
    before = described(laptop)
    laptop.run("deploy", "endpoints")
    assert described(laptop) == before, "a second deployment changed the VPC"
    laptop.run("destroy", "endpoints")
    after = described(laptop)
    ours = [each for each in before["SecurityGroups"] if each["GroupName"].startswith("redline-")]
    assert len(ours) == 2
    before["SecurityGroups"] = [each for each in before["SecurityGroups"] if each not in ours]
    assert after == before
