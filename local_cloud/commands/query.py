"""`query`: run SQL in the warehouse through the Redshift Data API and show its rows."""

from __future__ import annotations

import argparse
import json
import sys
from typing import Any

from rich.console import Console
from rich.table import Table

from local_cloud.context import Cloud
from local_cloud.errors import LocalCloudError

HELP = "run one SQL statement in the warehouse"
# The longest that DescribeStatement waits for a statement to end.
_WAIT_SECONDS = 30
_RUNNING = ("SUBMITTED", "PICKED", "STARTED")


class NoCluster(LocalCloudError):
    """There is no cluster to ask, or more than one."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The statement, and as whom and where it runs."""
    parser.add_argument("sql", metavar="SQL", help="one statement in Redshift's SQL")
    parser.add_argument("--user", help="database user (default: the cluster's administrator)")
    parser.add_argument("--database", help="database (default: the cluster's first)")
    parser.add_argument("--cluster", help="cluster, where several are deployed")


def run(arguments: argparse.Namespace, cloud: Cloud) -> int:
    """Show the rows; 1 with the database's error when the statement fails."""
    cluster = _cluster(cloud, arguments.cluster)
    client = cloud.client("redshift-data")
    started = client.execute_statement(
        ClusterIdentifier=cluster["ClusterIdentifier"],
        Database=arguments.database or cluster["DBName"],
        DbUser=arguments.user or cluster["MasterUsername"],
        Sql=arguments.sql,
    )
    statement = _finished(client, started["Id"])
    if statement["Status"] != "FINISHED":
        print(statement.get("Error", statement["Status"]), file=sys.stderr)
        return 1
    columns, rows = _rows(client, statement)
    if arguments.json:
        print(json.dumps([dict(zip(columns, row, strict=True)) for row in rows], indent=2))
    elif statement["HasResultSet"]:
        _print_table(columns, rows)
    else:
        print(f"Done, {statement['ResultRows']} rows.")
    return 0


def _cluster(cloud: Cloud, wanted: str | None) -> dict[str, Any]:
    found: list[dict[str, Any]] = cloud.client("redshift").describe_clusters()["Clusters"]
    names = [cluster["ClusterIdentifier"] for cluster in found]
    if not found:
        raise NoCluster("No warehouse is deployed: run `python -m local_cloud deploy` first.")
    if wanted is not None and wanted not in names:
        raise NoCluster(f"There is no cluster {wanted!r}: one of {', '.join(names)}.")
    if wanted is None and len(found) > 1:
        raise NoCluster(f"Several clusters are deployed: give --cluster {' | '.join(names)}.")
    return found[names.index(wanted)] if wanted is not None else found[0]


def _finished(client: Any, identifier: str) -> dict[str, Any]:
    """Wait for the end of a statement; an interrupt from the keyboard cancels it."""
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
    """The one value that a Field holds; None for NULL."""
    return None if field.get("isNull") else next(iter(field.values()))


def _print_table(columns: list[str], rows: list[list[Any]]) -> None:
    table = Table(caption=f"{len(rows)} rows", caption_justify="left")
    for column in columns:
        # A value that is too wide goes on in the next line: nothing is cut off.
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*("NULL" if value is None else str(value) for value in row))
    Console(highlight=False).print(table, markup=False)
