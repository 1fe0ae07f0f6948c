"""Loads data sets: uploads files to the lake, runs the COPY statements, counts the rows."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
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

from warehouse import LoadError
from warehouse.data_api import Database
from warehouse.data_sets import DataSet, chosen, data_sets, replaced_tables
from warehouse.deployed_environment import DeployedEnvironment, read_deployed_environment
from warehouse.load_plan import check_sources, plan_load
from warehouse.load_report import print_files, print_rows
from warehouse.loader_clients import client


def load(
    environment: str,
    data: Path | None,
    console: Console,
    *,
    confirm: Callable[[str], bool],
    only: Collection[str] = (),
) -> dict[str, int]:
    """Replace the data of all deployed pipelines, or of those in `only`.

    Return table -> number of rows.

    `data` is a folder of real files with one folder per data set. Missing files are generated if
    the environment allows it. Otherwise `confirm` must answer a question before rows are replaced.

    Raises:
        LoadError: the environment is not deployed, a file is missing, the answer was no, or a
            statement failed.
    """
    clients = client("cloudformation"), client("redshift-serverless")
    deployed = read_deployed_environment(*clients, environment)
    found = chosen(data_sets(deployed.pipelines), only)
    plan = plan_load(found, data)
    if not deployed.generated_data:
        check_sources(plan, environment, data)
    statements = {each: each.statements(deployed) for each in found}
    tables = list(dict.fromkeys(t for each in statements.values() for t in replaced_tables(each)))
    _check_owner(deployed, tables)
    database = _database(deployed)
    before = _count(database, tables)
    incoming = f"s3://{deployed.lake_bucket}/incoming/"
    print_files(f"Files that replace those in {incoming}", plan, console)
    print_rows(f"Rows that are replaced in {environment}", console, rows=before)
    if not deployed.generated_data and not confirm(f"Replace these rows in {environment}?"):
        raise LoadError("the answer was no: nothing was changed")
    with TemporaryDirectory() as folder:
        _prepare(found, Path(folder), data, console)
        for data_set in found:
            prefix = data_set.incoming
            _upload(deployed.lake_bucket, Path(folder, data_set.name), prefix, console)
            if statements[data_set]:
                _run(database, statements[data_set], console)
    counts = _count(database, tables)
    print_files(f"Files in {incoming}", plan, console)
    print_rows(f"Rows of {environment}", console, before=before, now=counts)
    return counts


def _check_owner(deployed: DeployedEnvironment, tables: list[str]) -> None:
    others = [table for table in tables if not deployed.may_replace_rows(table)]
    if others:
        raise LoadError(
            f"the tables {', '.join(others)} of {' '.join(deployed.warehouse.values())} belong to "
            "others, and their rows are not replaced: nothing was changed. The owner of the "
            "warehouse fills them"
        )


def _prepare(
    data_sets: Iterable[DataSet], folder: Path, data: Path | None, console: Console
) -> None:
    """Write the files of all data sets, so that nothing is changed if a generator fails."""
    for data_set in data_sets:
        target = folder / data_set.name
        target.mkdir()
        with console.status(f"Preparing {data_set.name} …"):
            messages = data_set.prepare(target, data)
        for line in messages:
            console.print(f"{data_set.name}: {line}", highlight=False)


def _database(deployed: DeployedEnvironment) -> Database:
    return Database(client=client("redshift-data"), connection=deployed.administrator)


def _upload(bucket: str, folder: Path, prefix: str, console: Console) -> None:
    s3: Any = client("s3")
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    columns = (TextColumn("Upload"), BarColumn(), DownloadColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as progress:
        task = progress.add_task("Upload", total=sum(path.stat().st_size for path in paths))
        for path in paths:
            s3.upload_file(
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
    if not selects:
        return {}
    counts = {str(name): int(rows) for name, rows in database.rows(" UNION ALL ".join(selects))}
    return {table: counts[table] for table in tables}
