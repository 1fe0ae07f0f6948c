"""The declared environments."""

import ipaddress
import itertools
import subprocess
import sys

import pytest

from stacks.config import ConfigurationError
from stacks.declared_environments import environment_named
from stacks.environments import ENVIRONMENTS
from tests.declared.environments import VALID


def test_the_laptop_has_one():
    assert "local" in ENVIRONMENTS


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_each_is_found_by_its_name(name):
    assert environment_named(name).name == name


def test_an_unknown_one_is_refused_with_those_there_are():
    known = ", ".join(ENVIRONMENTS)
    with pytest.raises(ConfigurationError, match=f"'nope'.*{known}.*-c env=NAME"):
        environment_named("nope")


def test_networks_do_not_overlap():
    networks = [ipaddress.ip_network(each.network.cidr) for each in VALID.values()]
    assert not any(one.overlaps(other) for one, other in itertools.combinations(networks, 2))


def test_reading_them_needs_neither_cdk_nor_node(repository):
    script = (
        "import sys, stacks.environments, stacks.declared_environments; "
        "print(sorted({'aws_cdk', 'jsii', 'boto3', 'constructs'} & set(sys.modules)))"
    )
    child = subprocess.run(
        [sys.executable, "-c", script], cwd=repository, capture_output=True, text=True, check=True
    )
    assert child.stdout.strip() == "[]"
