"""Where an environment is: its names, and clients of its region."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import boto3

from stacks.config import Environment

Clients = Callable[[str], Any]


@dataclass(frozen=True)
class Place:
    """An environment and boto3 clients, by the name of the service, of its region.

    The credentials are the shell's; `AWS_ENDPOINT_URL` leads to a laptop cloud.
    """

    environment: Environment
    clients: Clients

    @property
    def prefix(self) -> str:
        """How the names of its stacks, pipelines and endpoints begin."""
        return f"redline-{self.environment.name}-"

    def listed(self, service: str, operation: str, member: str, **request: Any) -> list[Any]:
        """Every entry of `member` in the pages of a listing operation."""
        pages = self.clients(service).get_paginator(operation).paginate(**request)
        return [entry for page in pages for entry in page.get(member, [])]


def place_of(environment: Environment) -> Place:
    """The place of an environment, with a client of each service."""
    # boto3's overloads list every service by name; here the name is a variable.
    make: Any = boto3.client
    clients = lru_cache(maxsize=None)(lambda name: make(name, region_name=environment.region))
    return Place(environment, clients)
