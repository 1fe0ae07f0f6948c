"""The warehouses of an environment, as targets of the Redshift Data API."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from operations import OperationError
from operations.environment_clients import EnvironmentClients


@dataclass(frozen=True)
class QueryTarget:
    """A cluster or a workgroup: its name, and its parameters in Data API requests."""

    name: str
    target: dict[str, str]

    def request(self, *, database: str | None, user: str | None) -> dict[str, str]:
        """Return the parameters with another database or another user."""
        request = self.target | ({"Database": database} if database else {})
        if not user:
            return request
        if "WorkgroupName" in request:
            raise OperationError(
                f"{self.name} is serverless, which has no log-in as {user!r}: omit --user to "
                "run the statement as the administrator"
            )
        return request | {"DbUser": user}


def find_warehouse(aws: EnvironmentClients, wanted: str | None) -> QueryTarget:
    """Return the warehouse with a name, or the only one of the environment.

    Raises `OperationError` with the existing warehouses.
    """
    every = {each.name: each for each in (*_clusters(aws), *_workgroups(aws))}
    if wanted is not None and wanted not in every:
        there = ", ".join(every) or "none"
        raise OperationError(f"There is no warehouse {wanted!r}, expected one of: {there}.")
    own = [name for name in every if f"{name}-".startswith(aws.prefix)]
    if wanted is None and len(own) != 1:
        raise OperationError(
            f"Several warehouses are deployed: pass --warehouse {' | '.join(own)}."
            if own
            else f"{aws.name} has no warehouse in {aws.region}: deploy it first."
        )
    return every[wanted or own[0]]


def _clusters(aws: EnvironmentClients) -> Iterator[QueryTarget]:
    for cluster in aws.pages("redshift", "describe_clusters", "Clusters"):
        name = cluster["ClusterIdentifier"]
        target = {"Database": cluster["DBName"], "DbUser": cluster["MasterUsername"]}
        yield QueryTarget(name, {"ClusterIdentifier": name, **target})


def _workgroups(aws: EnvironmentClients) -> Iterator[QueryTarget]:
    client = aws.clients("redshift-serverless")
    for workgroup in aws.pages("redshift-serverless", "list_workgroups", "workgroups"):
        name, namespace = workgroup["workgroupName"], workgroup["namespaceName"]
        described = client.get_namespace(namespaceName=namespace)["namespace"]
        secret = described.get("adminPasswordSecretArn")
        # Without a secret, the user or role of the credentials logs in.
        admin = {} if secret is None else {"SecretArn": secret}
        target = {"WorkgroupName": name, "Database": described["dbName"], **admin}
        yield QueryTarget(name, target)
