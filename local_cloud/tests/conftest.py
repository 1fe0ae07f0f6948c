"""The tests of the laptop cloud. They do not use the application in this repository."""

from __future__ import annotations

from local_cloud.tests.guards import (
    no_credentials,
    no_network,
    plain_moto,
    repository,
    service_models,
)

__all__ = ["no_credentials", "no_network", "plain_moto", "repository", "service_models"]
