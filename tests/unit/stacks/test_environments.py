"""The four environments as they are written down."""

import ipaddress
import itertools
import subprocess
import sys

import pytest

from stacks.config import ConfigurationError
from stacks.environments import ENVIRONMENTS, PROD, environment_named


def test_there_are_four():
    assert list(ENVIRONMENTS) == ["local", "dev", "staging", "prod"]


def test_an_unknown_one_is_refused_with_those_there_are():
    with pytest.raises(ConfigurationError, match="'nope'.*local, dev, staging, prod.*-c env=NAME"):
        environment_named("nope")


def test_networks_do_not_overlap():
    networks = [ipaddress.ip_network(each.network.cidr) for each in ENVIRONMENTS.values()]
    assert not any(one.overlaps(other) for one, other in itertools.combinations(networks, 2))


def test_production_has_three_zones_and_tells_people():
    assert len(PROD.network.availability_zones) == 3
    assert PROD.alert_emails


def test_no_account_is_written_down():
    assert {each.account for each in ENVIRONMENTS.values()} == {None}


def test_reading_them_needs_neither_cdk_nor_node(repository):
    script = (
        "import sys, stacks.environments; "
        "print(sorted({'aws_cdk', 'jsii', 'boto3', 'constructs'} & set(sys.modules)))"
    )
    child = subprocess.run(
        [sys.executable, "-c", script], cwd=repository, capture_output=True, text=True, check=True
    )
    assert child.stdout.strip() == "[]"
