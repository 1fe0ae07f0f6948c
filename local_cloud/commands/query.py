"""`query`: run SQL in the warehouse through the Redshift Data API and show the rows."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from rich.table import Table

from local_cloud.context import Cloud
from local_cloud.errors import LocalCloudError
from local_cloud.output import print_rows

HELP = "run one SQL statement in the warehouse"
# The maximum time that DescribeStatement waits for the end of a statement.
_WAIT_SECONDS = 30
_RUNNING = ("SUBMITTED", "PICKED", "STARTED")


class NoWarehouse(LocalCloudError):
    """No warehouse, or more than one, is deployed, or the warehouse does not have this user."""


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
            raise NoWarehouse(
                f"{self.name} is serverless, which has no log-in as {user!r}: omit --user to "
                "run the statement as the administrator"
            )
        return request | {"DbUser": user}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments for the statement, the user, the database and the warehouse."""
    parser.add_argument("sql", metavar="SQL", help="one SQL statement for Redshift")
    parser.add_argument("--user", help="database user (default: the administrator)")
    parser.add_argument(
        "--database", help="database (default: the first database of the warehouse)"
    )
    parser.add_argument("--warehouse", help="cluster or workgroup, if several are deployed")


def run(arguments: argparse.Namespace, cloud: Cloud) -> int:
    """Show the rows. If the statement fails, print the error of the database and return 1."""
    warehouse = _warehouse(cloud, arguments.warehouse)
    request = warehouse.request(database=arguments.database, user=arguments.user)
    client = cloud.client("redshift-data")
    started = client.execute_statement(Sql=_text(arguments.sql), **request)
    statement = _finished(client, started["Id"])
    if statement["Status"] != "FINISHED":
        print(statement.get("Error", statement["Status"]), file=sys.stderr)
        return 1
    columns, rows = _rows(client, statement)
    if arguments.json:
        print(json.dumps([dict(zip(columns, row, strict=True)) for row in rows], indent=2))
    elif statement["HasResultSet"]:
        _print_rows(columns, rows)
    else:
        print(f"Done, {statement['ResultRows']} rows.")
    return 0


def _text(argument: str) -> str:
    """Return an argument. In a locale without its characters, it is a text in UTF-8."""
    try:
        argument.encode()
    except UnicodeEncodeError:
        return os.fsencode(argument).decode("utf-8", errors="replace")
    return argument


def _warehouse(cloud: Cloud, wanted: str | None) -> QueryTarget:
    found = {warehouse.name: warehouse for warehouse in (*_clusters(cloud), *_workgroups(cloud))}
    if not found:
        raise NoWarehouse("No warehouse is deployed: run `python -m local_cloud deploy` first.")
    if wanted is not None and wanted not in found:
        raise NoWarehouse(f"There is no warehouse {wanted!r}, expected one of {', '.join(found)}.")
    if wanted is None and len(found) > 1:
        raise NoWarehouse(f"Several warehouses are deployed: pass --warehouse {' | '.join(found)}.")
    return found[wanted] if wanted is not None else next(iter(found.values()))


def _clusters(cloud: Cloud) -> Iterator[QueryTarget]:
    for cluster in cloud.client("redshift").describe_clusters()["Clusters"]:
        name = cluster["ClusterIdentifier"]
        target = {"Database": cluster["DBName"], "DbUser": cluster["MasterUsername"]}
        yield QueryTarget(name, {"ClusterIdentifier": name, **target})


def _workgroups(cloud: Cloud) -> Iterator[QueryTarget]:
    client = cloud.client("redshift-serverless")
    for workgroup in client.list_workgroups()["workgroups"]:
        name, namespace = workgroup["workgroupName"], workgroup["namespaceName"]
        described = client.get_namespace(namespaceName=namespace)["namespace"]
        secret = described.get("adminPasswordSecretArn")
        if secret is None:
            raise NoWarehouse(f"{name} has no secret for its administrator: query it with boto3.")
        target = {"Database": described["dbName"], "SecretArn": secret}
        yield QueryTarget(name, {"WorkgroupName": name, **target})


def _finished(client: Any, identifier: str) -> dict[str, Any]:
    """Wait for the end of a statement. Ctrl-C cancels the statement."""
    try:
        while True:
            statement: dict[str, Any] = client.describe_statement(
                Id=identifier, WaitTimeSeconds=_WAIT_SECONDS
            )
            if statement["Status"] not in _RUNNING:
                return statement
    except KeyboardInterrupt:
        client.cancel_statement(Id=identifier)
        raise


def _rows(client: Any, statement: dict[str, Any]) -> tuple[list[str], list[list[Any]]]:
    if not statement["HasResultSet"]:
        return [], []
    columns: list[str] = []
    rows = []
    for page in client.get_paginator("get_statement_result").paginate(Id=statement["Id"]):
        columns = [column["name"] for column in page["ColumnMetadata"]]
        rows += [[_value(field) for field in record] for record in page["Records"]]
    return columns, rows


def _value(field: dict[str, Any]) -> Any:
    """Return the value of a Field; None for NULL."""
    return None if field.get("isNull") else next(iter(field.values()))


def _print_rows(columns: list[str], rows: list[list[Any]]) -> None:
    """Print the rows and their number."""
    print_rows(
        [_visible(column) for column in columns],
        [["NULL" if value is None else _visible(str(value)) for value in row] for row in rows],
        table=Table(caption=f"{len(rows)} rows", caption_justify="left"),
    )


def _visible(text: str) -> str:
    """Escape control characters, which could control the terminal."""
    return "".join(
        sign if sign.isprintable() or sign == "\n" else repr(sign)[1:-1] for sign in text
    )
