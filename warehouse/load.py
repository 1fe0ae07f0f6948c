"""Load the sample data: files to the lake, COPY into the tables, rows counted."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import boto3
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
from warehouse.deployment import Deployment, read_deployment
from warehouse.sample_files import INCOMING, copied_files, load_statements, prepare


def load(environment: str, data: Path | None, console: Console) -> dict[str, int]:
    """Replace the rows of the sample's tables and give the count of each.

    `data` is a folder of real files (`tickit/…`); None generates everything.

    Raises:
        LoadError: the environment is not deployed, a file is missing, or a statement failed.
    """
    deployment = read_deployment(boto3.client("cloudformation"), environment)
    statements = load_statements(deployment)
    files = copied_files(statements)
    with TemporaryDirectory() as temporary:
        folder = Path(temporary)
        with console.status("Preparing the files …"):
            generated = prepare(files.values(), folder, data)
        for line in generated:
            console.print(line, highlight=False)
        _upload(boto3.client("s3"), deployment.lake_bucket, folder, files.values(), console)
    database = _database(deployment)
    _copy(database, statements, console)
    counts = _count(database, files)
    console.print(_table(counts))
    return counts


def _database(deployment: Deployment) -> Database:
    return Database(
        client=boto3.client("redshift-data"),
        cluster=deployment.cluster,
        name=deployment.database,
        secret_arn=deployment.admin_secret_arn,
    )


def _upload(client: Any, bucket: str, folder: Path, names: Iterable[str], console: Console) -> None:
    paths = [folder / name for name in names]
    columns = (TextColumn("Upload"), BarColumn(), DownloadColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as progress:
        task = progress.add_task("Upload", total=sum(path.stat().st_size for path in paths))
        for path in paths:
            client.upload_file(
                str(path),
                bucket,
                f"{INCOMING}{path.name}",
                Callback=lambda sent: progress.advance(task, sent),
            )


def _copy(database: Database, statements: list[str], console: Console) -> None:
    columns = (TextColumn("COPY  "), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as progress:
        task = progress.add_task("COPY", total=len(statements))
        database.run(statements, lambda finished: progress.update(task, completed=finished))
        progress.update(task, completed=len(statements))


def _count(database: Database, tables: Iterable[str]) -> dict[str, int]:
    """One query for all tables, so that all counts are of the same moment."""
    selects = [f"SELECT '{table}' AS name, COUNT(*) AS total FROM {table}" for table in tables]
    counts = {str(name): int(rows) for name, rows in database.rows(" UNION ALL ".join(selects))}
    return {table: counts[table] for table in tables}


def _table(counts: dict[str, int]) -> Table:
    table = Table("table", title="Loaded")
    table.add_column("rows", justify="right")
    for name, rows in counts.items():
        table.add_row(name, f"{rows:,}")
    return table
