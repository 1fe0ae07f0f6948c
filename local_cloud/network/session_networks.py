"""The network of each role's session: the VpcConfig of the job or model that uses the session."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Network:
    """The subnets and the security groups of the network interfaces of a job or a model."""

    subnets: tuple[str, ...]
    groups: tuple[str, ...]


# Access keys are random and never reused.
_NETWORKS: dict[str, Network] = {}


def join_network(access_key: str, vpc_config: Mapping[str, Any]) -> None:
    """Record that the requests with this access key come from a VpcConfig."""
    _NETWORKS[access_key] = Network(
        tuple(vpc_config["Subnets"]), tuple(vpc_config["SecurityGroupIds"])
    )


def inherit_network(access_key: str, *, of: str) -> None:
    """Record that the requests with a new access key come from the network of another key."""
    if of in _NETWORKS:
        _NETWORKS[access_key] = _NETWORKS[of]


def network_of(access_key: str) -> Network | None:
    """Return the network of the requests with this access key; None outside of a VPC."""
    return _NETWORKS.get(access_key)
