"""A job cannot leave its VPC by the session of another role that it assumes."""

from __future__ import annotations

import pytest
from moto.sts.models import STSBackend

from local_cloud.authentication.caller import Signature, set_caller
from local_cloud.context import ACCOUNT_ID
from local_cloud.network import assumed_sessions
from local_cloud.network.session_networks import join_network, network_of

VPC_CONFIG = {"Subnets": ["subnet-1", "subnet-2"], "SecurityGroupIds": ["sg-1"]}


@pytest.fixture
def assumed_by():
    """Return a function that assumes a role with an access key, and returns the new key."""
    assumed_sessions.install()

    def assume(access_key):
        set_caller(Signature(access_key, "us-east-1", "sts", "token"))
        return (
            STSBackend("us-east-1", ACCOUNT_ID)
            .assume_role(
                region_name="us-east-1",
                role_session_name="other",
                role_arn=f"arn:aws:iam::{ACCOUNT_ID}:role/other",
                policy=None,
                duration=3600,
                external_id=None,
            )
            .access_key_id
        )

    yield assume
    set_caller(None)


def test_the_new_session_has_the_network_of_its_caller(assumed_by):
    join_network("ASIAJOB", VPC_CONFIG)
    network = network_of(assumed_by("ASIAJOB"))
    assert network == network_of("ASIAJOB")
    assert network.subnets == ("subnet-1", "subnet-2")


def test_the_session_of_another_caller_has_none(assumed_by):
    assert network_of(assumed_by("ASIANOJOB")) is None
