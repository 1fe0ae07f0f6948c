"""The columns with personal data, and the declarations of pipelines that read them."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path

from warehouse import WarehouseError
from warehouse.query_columns import DEFAULT_SCHEMA, Columns, Table
from warehouse.tables import Tables

MARKED = Path(__file__).with_name("personal_columns.toml")
# The file of a pipeline's folder that declares which of them its queries read, with the reasons.
DECLARED = "personal_data.toml"
# Columns of tables, in no order.
Personal = Mapping[Table, frozenset[str]]


class PersonalDataError(WarehouseError):
    """A query reads personal data that is not declared, or a declaration is not valid."""


def personal_columns(tables: Tables, path: Path = MARKED) -> Personal:
    """Return the columns with personal data.

    Raises:
        PersonalDataError: the file names an unknown column, or a view reads personal data and the
            file does not list the view.
    """
    listed = {
        _table(name): frozenset(columns)
        for name, columns in tomllib.loads(path.read_text()).items()
    }
    for table, columns in listed.items():
        for column in columns - set(tables.columns.get(table, ())):
            raise PersonalDataError(
                f"{path.name} lists {_name(table, column)}, which no migration creates: correct or "
                "remove it"
            )
    for view, read in tables.views.items():
        if view not in listed and (found := _personal(read, listed)):
            raise PersonalDataError(
                f"the view {'.'.join(view)} reads {', '.join(found)} with personal data: list the "
                f"view in warehouse/{path.name}, with its columns that contain personal data"
            )
    return listed


def declared_columns(folder: Path) -> Personal:
    """Return the columns with personal data that a pipeline's folder declares.

    Raises:
        PersonalDataError: the file is not TOML, or a column has no reason.
    """
    path = folder / DECLARED
    if not path.is_file():
        return {}
    try:
        declared = tomllib.loads(path.read_text())
    except tomllib.TOMLDecodeError as error:
        raise PersonalDataError(f"{path} is not TOML: {error}") from error
    for name, columns in declared.items():
        if not isinstance(columns, dict) or not all(_is_reason(each) for each in columns.values()):
            raise PersonalDataError(f"{path}, {name} is {columns!r}: expected {_example(name)}")
    return {_table(name): frozenset(columns) for name, columns in declared.items()}


def check_declared(
    *,
    pipeline: str,
    reads: Mapping[str, Columns],
    personal: Personal,
    declared: Personal,
) -> None:
    """Check that a pipeline declares exactly the personal data in `reads`: step -> columns.

    Raises:
        PersonalDataError: a column is read but not declared, or declared but not read.
    """
    undeclared = {
        table: names - declared.get(table, frozenset()) for table, names in personal.items()
    }
    for step, columns in reads.items():
        if found := _personal(columns, undeclared):
            first, _, column = found[0].rpartition(".")
            raise PersonalDataError(
                f"{pipeline}: the query of the step {step} reads {', '.join(found)}, which contain "
                "personal data (warehouse/personal_columns.toml): remove them from the query (and "
                f"name the columns instead of *), or declare each in {DECLARED} in the folder of "
                f"the pipeline: {_example(first, column)}"
            )
    used = {name for columns in reads.values() for name in _personal(columns, personal)}
    for table, names in declared.items():
        for name in sorted({_name(table, each) for each in names} - used):
            raise PersonalDataError(
                f"{pipeline}: {DECLARED} declares {name}, but no query reads it as personal data: "
                "remove it"
            )


def _personal(read: Columns, personal: Personal) -> list[str]:
    return [
        _name(table, column)
        for table, columns in read.items()
        for column in columns
        if column in personal.get(table, ())
    ]


def _example(table: str, column: str = "COLUMN") -> str:
    return f'["{table}"] {column} = "why the pipeline needs it"'


def _is_reason(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _name(table: Table, column: str) -> str:
    return ".".join((*table, column))


def _table(name: str) -> Table:
    schema, _, table = name.rpartition(".")
    return (schema or DEFAULT_SCHEMA, table)
