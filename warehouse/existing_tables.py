"""Reads the description of an existing warehouse: the tables of others that pipelines read."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from warehouse.described.generated_rows import fill_statements
from warehouse.described.reading import quoted
from warehouse.described.statistics import load_statistics
from warehouse.own_schema import check_own_schema
from warehouse.query_columns import DEFAULT_SCHEMA
from warehouse.schema import Migration, MigrationError, read_migrations
from warehouse.sql_splitter import StatementError, split_statements
from warehouse.tables import tables_after

FOLDER = Path(__file__).parent / "existing"
TABLES = "tables.sql"
PERSONAL = "personal_columns.toml"


@dataclass(frozen=True, kw_only=True)
class ExistingTables:
    """The tables of a warehouse as the statements that would create them.

    `path` is their file. `marked` is the file that lists the columns with personal data.
    """

    path: Path
    created: Migration
    marked: Path

    def migrations(self, schema: str) -> list[Migration]:
        """Return the migrations of the folder, which run in `schema`.

        Raises:
            MigrationError: a migration is not valid, or changes something outside the schema.
        """
        found = read_migrations(self.path.with_name("migrations"))
        check_own_schema(found, schema)
        return found

    @property
    def statements(self) -> list[str]:
        """The statements, after those that create the schemas."""
        schemas = sorted({schema for schema, _ in tables_after([self.created]).columns})
        created = [f"CREATE SCHEMA {quoted(each)}" for each in schemas if each != DEFAULT_SCHEMA]
        return [*created, *self.created.statements]

    @property
    def rows(self) -> list[str]:
        """The statements that fill the measured tables on the laptop with generated rows."""
        tables = tables_after([self.created]).types
        return fill_statements(tables, load_statistics(self.path.parent))


def read_existing_tables(folder: Path) -> ExistingTables:
    """Read the description in `folder`.

    Raises:
        MigrationError: a file is missing, or it contains other statements than CREATE TABLE and
            CREATE VIEW.
    """
    path, marked = folder / TABLES, folder / PERSONAL
    if not path.is_file():
        raise MigrationError(
            f"{path} does not exist: `redline schema` writes it, with a CREATE TABLE statement for "
            "each table of the existing warehouse that pipelines read"
        )
    if not marked.is_file():
        raise MigrationError(
            f"{marked} does not exist: list in it the columns with personal data, as in "
            "warehouse/personal_columns.toml; an empty file says that there is no such column"
        )
    return ExistingTables(path=path, created=read_statements(folder), marked=marked)


def read_statements(folder: Path) -> Migration:
    """Read tables.sql of `folder`.

    Raises:
        MigrationError: it contains other statements than CREATE TABLE and CREATE VIEW.
    """
    path = folder / TABLES
    text = path.read_text(encoding="utf-8")
    try:
        statements = tuple(split_statements(text))
    except StatementError as error:
        raise MigrationError(f"{path}, {error}") from error
    for statement in statements:
        if not re.match(r"CREATE\s+(TABLE|VIEW)\b", statement, re.IGNORECASE):
            raise MigrationError(
                f"{path} contains {' '.join(statement.split())[:80]!r}: allowed are CREATE TABLE "
                "and CREATE VIEW; remove the statement"
            )
    checksum = hashlib.sha256(text.encode()).hexdigest()
    return Migration(0, str(path), checksum, statements)
