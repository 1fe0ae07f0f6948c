"""An environment with boto3 clients of its region."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import boto3

from stacks.config import Environment

# Service name -> client.
Clients = Callable[[str], Any]


@dataclass(frozen=True)
class EnvironmentClients:
    """An environment and boto3 clients of its region.

    The clients use the credentials of the shell. If `AWS_ENDPOINT_URL` is set to the address of a
    laptop cloud, they call it instead of AWS.
    """

    environment: Environment
    clients: Clients

    @property
    def prefix(self) -> str:
        """The prefix of the names of its stacks, pipelines and endpoints."""
        return f"redline-{self.environment.name}-"

    def list_all(self, service: str, operation: str, member: str, **request: Any) -> list[Any]:
        """Return the entries of `member` on all pages of a list operation."""
        pages = self.clients(service).get_paginator(operation).paginate(**request)
        return [entry for page in pages for entry in page.get(member, [])]


def create_clients(environment: Environment) -> EnvironmentClients:
    """Return the environment with one client per service."""
    # boto3's type stubs accept only literal service names, but here the name is a variable.
    create: Any = boto3.client
    clients = lru_cache(maxsize=None)(lambda name: create(name, region_name=environment.region))
    return EnvironmentClients(environment, clients)
