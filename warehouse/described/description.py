"""Writes the description of an existing warehouse: its tables, and their statistics."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from warehouse.described.reading import (
    DescriptionError,
    Run,
    create_statement,
    read_statistics,
    read_types,
)
from warehouse.described.statistics import TableStatistics, save_statistics
from warehouse.existing_tables import PERSONAL, TABLES, read_statements
from warehouse.personal_data import personal_columns
from warehouse.query_columns import Table
from warehouse.query_types import Types
from warehouse.tables import Tables, tables_after


@dataclass(frozen=True)
class Description:
    """The written files, the columns of the tables, and what is left to do."""

    files: Sequence[Path]
    types: Mapping[Table, Types]
    remarks: Sequence[str]


def describe(run: Run, folder: Path, wanted: Sequence[str], *, source: str) -> Description:
    """Write the files of `folder`, which then describe the wanted tables and no others.

    Without wanted tables, those are described again that the folder describes. The statistics are
    written only if the columns with personal data are listed.

    Raises:
        WarehouseError: a table is missing, or no table is named.
    """
    found = read_types(run, wanted or _described(folder))
    types = {t: {n: each for n, each in c.items() if each.is_plain} for t, c in found.items()}
    remarks = [
        f"Left out: {'.'.join(table)}.{name} has the type {each.sql}, which pipelines cannot read"
        for table, columns in found.items()
        for name, each in columns.items()
        if not each.is_plain
    ]
    marked = folder / PERSONAL
    # All is read before a file changes, so that the files always describe the same warehouse.
    measured = _measured(run, types, marked) if marked.is_file() else None
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / TABLES
    statements = [create_statement(table, columns) for table, columns in types.items()]
    header = f"-- Tables of {source}, written by `redline schema`.\n"
    path.write_text(header + "\n".join(statements) + "\n", encoding="utf-8")
    if measured is None:
        remark = (
            f"No statistics: list the columns with personal data in {marked} (an empty file if "
            "no column has them), and run the command again"
        )
        return Description([path], types, [*remarks, remark])
    return Description([path, save_statistics(measured, folder)], types, remarks)


def _measured(run: Run, types: Mapping[Table, Types], marked: Path) -> dict[str, TableStatistics]:
    """Return the statistics of each table, without those of the columns that `marked` lists."""
    personal = personal_columns(Tables({t: dict(each) for t, each in types.items()}), marked)
    return {
        ".".join(table): read_statistics(run, table, columns, personal=personal.get(table, ()))
        for table, columns in types.items()
    }


def _described(folder: Path) -> list[str]:
    if not (folder / TABLES).is_file():
        raise DescriptionError(
            f"no table is named, and {folder / TABLES} does not exist: name the tables that "
            "pipelines read, such as public.sales, or all of a schema with 'public.*'"
        )
    return [".".join(table) for table in tables_after([read_statements(folder)]).types]
