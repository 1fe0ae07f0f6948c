"""Loads the sample data: uploads files to the lake, runs the COPY statements, counts the rows."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
)
from rich.table import Table

from warehouse.data_api import Database
from warehouse.data_sets import DataSet, data_sets, loaded_tables
from warehouse.deployed_environment import DeployedEnvironment, read_deployed_environment
from warehouse.loader_clients import client


def load(environment: str, data: Path | None, console: Console) -> dict[str, int]:
    """Replace the sample data of all deployed pipelines. Return table -> number of rows.

    `data` is a folder of real files with one folder per data set; None generates all files.

    Raises:
        LoadError: the environment is not deployed, a file is missing, or a statement failed.
    """
    clients = client("cloudformation"), client("redshift-serverless")
    deployed = read_deployed_environment(*clients, environment)
    database = _database(deployed)
    counts: dict[str, int] = {}
    for data_set in data_sets(deployed.pipelines, data):
        _upload_data_set(data_set, deployed, data, console)
        if statements := data_set.statements(deployed):
            _run(database, statements, console)
            counts |= _count(database, loaded_tables(statements))
    console.print(_table(counts))
    return counts


def _upload_data_set(
    data_set: DataSet, deployed: DeployedEnvironment, data: Path | None, console: Console
) -> None:
    """Prepare the files of a data set and upload them to the lake."""
    with TemporaryDirectory() as temporary:
        folder = Path(temporary)
        with console.status(f"Preparing {data_set.name} …"):
            messages = data_set.prepare(folder, data)
        for line in messages:
            console.print(f"{data_set.name}: {line}", highlight=False)
        _upload(client("s3"), deployed.lake_bucket, folder, data_set.incoming, console)


def _database(deployed: DeployedEnvironment) -> Database:
    return Database(client=client("redshift-data"), connection=deployed.administrator)


def _upload(client: Any, bucket: str, folder: Path, prefix: str, console: Console) -> None:
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    columns = (TextColumn("Upload"), BarColumn(), DownloadColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as progress:
        task = progress.add_task("Upload", total=sum(path.stat().st_size for path in paths))
        for path in paths:
            client.upload_file(
                str(path),
                bucket,
                f"{prefix}{path.relative_to(folder).as_posix()}",
                Callback=lambda sent: progress.advance(task, sent),
            )


def _run(database: Database, statements: list[str], console: Console) -> None:
    columns = (TextColumn("Load  "), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as progress:
        task = progress.add_task("Load", total=len(statements))
        database.run(statements, lambda finished: progress.update(task, completed=finished))
        progress.update(task, completed=len(statements))


def _count(database: Database, tables: Iterable[str]) -> dict[str, int]:
    """Count the rows with one query, so that all counts refer to the same moment."""
    selects = [f"SELECT '{table}' AS name, COUNT(*) AS total FROM {table}" for table in tables]
    counts = {str(name): int(rows) for name, rows in database.rows(" UNION ALL ".join(selects))}
    return {table: counts[table] for table in tables}


def _table(counts: dict[str, int]) -> Table:
    table = Table("table", title="Loaded")
    table.add_column("rows", justify="right")
    for name, rows in counts.items():
        table.add_row(name, f"{rows:,}")
    return table
