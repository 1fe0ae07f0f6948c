"""Environments in a VPC that exists before the environment."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

from stacks.config import Environment, Network
from tests.application.environments import BASIC, DEMAND, FILES, FIXED
from tests.synthesis import Synthesised, synthesise

VPC, SUBNETS = "vpc-0123456789abcdef0", ("subnet-0000000000000000a", "subnet-0000000000000000b")
CALLED = ("cloudwatch", "glue", "redshift", "redshift-data", "sagemaker")
GIVEN: dict[str, Any] = {
    "vpc_id": VPC,
    "cidr": "172.20.0.0/16",
    "availability_zones": ("us-east-1a", "us-east-1b"),
    "private_subnet_ids": SUBNETS,
}
NETWORKS = {
    "endpoints": Network.existing(**GIVEN, endpoints=CALLED),
    "missing": Network.existing(**GIVEN, endpoints=CALLED[:3], creates_endpoints=True),
    "internet": Network.existing(**GIVEN, internet=True),
}


PIPELINES = (replace(DEMAND, serving=None), FILES)


def in_network(name: str) -> Environment:
    """Return the environment in the network of that name."""
    return replace(BASIC, name=name, network=NETWORKS[name], pipelines=PIPELINES)


@cache
def existing(name: str) -> Synthesised:
    """Return the environment of that name, synthesised."""
    return synthesise(in_network(name), **FIXED)
