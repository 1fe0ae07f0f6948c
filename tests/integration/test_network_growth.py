"""An update of deployed stacks adds a third zone and a NAT gateway to a network."""

from __future__ import annotations

import pytest

from tests.application.laptop import APP_OF_GROWN_NETWORK, deploy
from tests.integration.laptop import Laptop, started

pytestmark = pytest.mark.laptop


def test_a_deployed_network_grows_and_keeps_its_subnets(tmp_path):
    with started(Laptop(tmp_path / "state")) as laptop:
        deploy(laptop, "two", tmp_path / "two", app=APP_OF_GROWN_NETWORK)
        before = _subnets(laptop)
        cluster = laptop.client("redshift").describe_clusters()["Clusters"][0]
        deploy(laptop, "three", tmp_path / "three", app=APP_OF_GROWN_NETWORK)
        after = _subnets(laptop)
        assert len(before) == 2
        assert before.items() <= after.items()
        assert sorted(after.values())[2:] == [
            ("10.50.192.0/20", "us-east-1a"),
            ("10.50.208.0/20", "us-east-1b"),
            ("10.50.224.0/20", "us-east-1c"),
            ("10.50.64.0/18", "us-east-1b"),
        ]
        assert len(laptop.client("ec2").describe_nat_gateways()["NatGateways"]) == 1
        found = laptop.client("redshift").describe_clusters()["Clusters"][0]
        assert found["ClusterCreateTime"] == cluster["ClusterCreateTime"]


def _subnets(laptop):
    """Return ID -> addresses and zone, for the subnets of the app."""
    names = [{"Name": "tag:Project", "Values": ["redline"]}]
    found = laptop.client("ec2").describe_subnets(Filters=names)["Subnets"]
    return {each["SubnetId"]: (each["CidrBlock"], each["AvailabilityZone"]) for each in found}
