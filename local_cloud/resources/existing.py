"""Creates the resources that stacks use but do not contain, such as a VPC of another team."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from local_cloud.context import Cloud
from local_cloud.errors import LocalCloudError
from local_cloud.resources import (
    existing_database,
    existing_emr,
    existing_lake,
    existing_network,
    existing_warehouse,
)
from local_cloud.resources.base import administrator_client


class UnsupportedExistingResource(LocalCloudError):
    """A template expects an existing resource of a type that the laptop cloud cannot create."""


def create_missing(cloud: Cloud, resources: Sequence[Mapping[str, Any]]) -> list[str]:
    """Create those of the resources (Type, Id, Properties) that do not exist; return their ids.

    Raises `UnsupportedExistingResource` before anything is created.
    """
    creators = _creators(cloud)
    unknown = sorted({each["Type"] for each in resources} - set(creators))
    if unknown:
        raise UnsupportedExistingResource(
            f"the laptop cloud cannot create existing resources of the types {', '.join(unknown)}; "
            f"it can create {', '.join(creators)}"
        )
    return [
        each["Id"] for each in resources if creators[each["Type"]](each["Id"], each["Properties"])
    ]


def _creators(cloud: Cloud) -> dict[str, Callable[[str, Mapping[str, Any]], bool]]:
    """Return type -> function that creates a resource of the type, unless it exists."""
    clients = partial(administrator_client, cloud)
    ec2 = clients("ec2")
    network = {kind: partial(create, ec2) for kind, create in existing_network.CREATORS.items()}
    others = {
        **existing_database.CREATORS,
        **existing_emr.CREATORS,
        **existing_lake.CREATORS,
        **existing_warehouse.CREATORS,
    }
    return {**network, **{kind: partial(create, clients) for kind, create in others.items()}}
