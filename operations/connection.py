"""Finds the cloud of an environment: a laptop cloud, or AWS with the credentials of the shell."""

from __future__ import annotations

import os
from pathlib import Path

from operations import OperationError
from operations.environment_clients import EnvironmentClients, create_clients
from operations.laptop import DEFAULT_STATE, find_laptop
from stacks.declared_environments import declared_environments

LOCAL = "local"
_ENDPOINT = "AWS_ENDPOINT_URL"


def connect(environment: str | None, state: Path | None) -> EnvironmentClients:
    """Return the environment with clients.

    With a state folder, the environment is on that laptop cloud, by default the environment that
    was deployed last. Without one, `local` is on the laptop cloud of the current folder, and all
    other environments are on AWS. AWS_ENDPOINT_URL leads to another cloud, as for all AWS tools.

    Raises:
        OperationError: the laptop cloud is not running, or the environment is not declared.
    """
    if state is None and (_ENDPOINT in os.environ or environment not in (None, LOCAL)):
        return _of_shell(environment or LOCAL)
    laptop = find_laptop(state or DEFAULT_STATE)
    laptop.use()
    name = environment or laptop.environment or LOCAL
    return _clients(name, laptop.region, is_laptop=True)


def _of_shell(name: str) -> EnvironmentClients:
    environments, is_laptop = declared_environments(), _ENDPOINT in os.environ
    declared = environments.get(name)
    region = declared.region if declared else os.environ.get("AWS_REGION")
    if region is None or (declared is None and not is_laptop):
        raise OperationError(
            f"--env is {name!r}: allowed is {', '.join(environments)} (stacks/environments.py)"
        )
    return _clients(name, region, is_laptop=is_laptop)


def _clients(name: str, region: str, *, is_laptop: bool) -> EnvironmentClients:
    return EnvironmentClients(
        name, region, create_clients(region), declared_environments().get(name), is_laptop
    )
