"""An environment with boto3 clients of its region."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import boto3

from operations import OperationError
from stacks.config import Environment

# Service name -> client.
Clients = Callable[[str], Any]
# The largest page of most list operations.
_PAGE = 100


@dataclass(frozen=True, eq=False)
class EnvironmentClients:
    """An environment and boto3 clients of its region.

    `declared` is its declaration in stacks/environments.py; None for an environment of tests on a
    laptop cloud. `is_laptop` is true if the clients call a laptop cloud instead of AWS.
    """

    name: str
    region: str
    clients: Clients
    declared: Environment | None = None
    is_laptop: bool = False

    @classmethod
    def of(cls, environment: Environment, clients: Clients) -> EnvironmentClients:
        """Return the clients of a declared environment."""
        return cls(environment.name, environment.region, clients, environment)

    @property
    def environment(self) -> Environment:
        """The declaration of the environment.

        Raises:
            OperationError: stacks/environments.py does not contain the environment.
        """
        if self.declared is None:
            raise OperationError(
                f"the environment {self.name!r} is not in ENVIRONMENTS of stacks/environments.py: "
                "this command reads its declaration"
            )
        return self.declared

    @property
    def prefix(self) -> str:
        """The prefix of the names of its stacks, pipelines and endpoints."""
        return f"redline-{self.name}-"

    def short(self, name: str) -> str:
        """Return a name without the prefix of the environment."""
        return name.removeprefix(self.prefix)

    def pages(
        self, service: str, operation: str, member: str, *, limit: int | None = None, **request: Any
    ) -> Iterator[Any]:
        """Yield the entries of `member` of a list operation; a page is requested when it is used.

        At most `limit` entries are requested.
        """
        paginator = self.clients(service).get_paginator(operation)
        most = {"MaxItems": limit, "PageSize": min(limit or _PAGE, _PAGE)}
        paging = {"PaginationConfig": most} if limit else {}
        for page in paginator.paginate(**request, **paging):
            yield from page.get(member, [])

    def list_all(self, service: str, operation: str, member: str, **request: Any) -> list[Any]:
        """Return the entries of `member` on all pages of a list operation."""
        return list(self.pages(service, operation, member, **request))


def create_clients(region: str) -> Clients:
    """Return one client per service, with the credentials of this process's variables.

    If `AWS_ENDPOINT_URL` is set to the address of a laptop cloud, they call it instead of AWS.
    """
    # boto3's type stubs accept only literal service names, but here the name is a variable.
    create: Any = boto3.client
    return lru_cache(maxsize=None)(lambda service: create(service, region_name=region))
