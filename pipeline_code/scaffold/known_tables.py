"""The tables that a query may read, from files: nothing is asked of a warehouse."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from pipeline_code.scaffold.errors import InvalidSource
from warehouse import WarehouseError
from warehouse.described.reading import quoted
from warehouse.described.statistics import ColumnStatistics, TableStatistics, load_statistics
from warehouse.existing_tables import read_existing_tables
from warehouse.personal_data import Personal, personal_columns
from warehouse.query_columns import DEFAULT_SCHEMA, QueryError, columns_read
from warehouse.query_types import ColumnType, columns_of, result_types
from warehouse.schema import read_migrations
from warehouse.sql_splitter import only_statement
from warehouse.tables import Tables, tables_after


@dataclass(frozen=True)
class KnownQuery:
    """A query, the types of its columns, and the statistics of those that it reads unchanged.

    `source` is what a query selects from to leave out columns: the table, or the query itself.
    `rows` is the number of rows if the query returns each row of a measured table.
    """

    text: str
    source: str
    types: Mapping[str, ColumnType]
    measured: Mapping[str, ColumnStatistics]
    rows: int | None = None


@dataclass(frozen=True)
class KnownTables:
    """The tables of a warehouse, their statistics, and the columns with personal data."""

    tables: Tables
    statistics: Mapping[str, TableStatistics]
    personal: Personal
    source: str

    @classmethod
    def read(cls, root: Path, existing: str | None) -> Self:
        """Read the description of an existing warehouse, or the migrations of the app.

        Raises:
            InvalidSource: the files are missing or not valid.
        """
        folder = root / "warehouse"
        try:
            if existing is None:
                tables = tables_after(read_migrations(folder / "migrations"))
                personal = personal_columns(tables, folder / "personal_columns.toml")
                return cls(tables, {}, personal, "warehouse/migrations")
            described = read_existing_tables(folder / "existing" / existing)
            tables = tables_after([described.created])
            personal = personal_columns(tables, described.marked)
            statistics = load_statistics(folder / "existing" / existing)
        except WarehouseError as error:
            raise InvalidSource(str(error)) from error
        return cls(tables, statistics, personal, f"warehouse/existing/{existing}")

    def query(self, path: Path) -> KnownQuery:
        """Return the query in a file.

        Raises:
            InvalidSource: the query is not valid, reads what does not exist, or personal data.
        """
        if not path.is_file():
            raise InvalidSource(f"{path} is not a file: pass the path of a file with one query")
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError as error:
            raise InvalidSource(f"{path} is not text in UTF-8 ({error}): convert it") from error
        try:
            read = columns_read(text, self.tables.columns)
            types = result_types(text, self.tables.types)
            origins = columns_of(text, self.tables.types)
            cleaned = only_statement(text)
        except QueryError as error:
            where = f"{path}, line {error.line}" if error.line else path
            raise InvalidSource(f"{where}: {error} (tables of {self.source})") from error
        except WarehouseError as error:
            raise InvalidSource(f"{path}: {error}") from error
        for table, names in read.items():
            if hidden := sorted(self.personal.get(table, frozenset()) & set(names)):
                raise InvalidSource(
                    f"{path} reads personal data, {', '.join(hidden)} of {'.'.join(table)}: leave "
                    "the columns out, or add them later with a reason (docs/new-pipeline.md)"
                )
        found = {name: self._statistics(*origin) for name, origin in origins.items()}
        source = f"(\n{cleaned}\n) AS source"
        return KnownQuery(cleaned, source, types, {n: each for n, each in found.items() if each})

    def table(self, name: str) -> KnownQuery:
        """Return the query of the columns of a table without personal data.

        Raises:
            InvalidSource: there is no such table.
        """
        schema, _, bare = name.rpartition(".")
        table = (schema or DEFAULT_SCHEMA, bare)
        if table not in self.tables.types:
            known = ", ".join(".".join(each) for each in self.tables.types) or "none"
            raise InvalidSource(f"the table is {name!r}: {self.source} has {known}")
        hidden = self.personal.get(table, frozenset())
        types = {n: each for n, each in self.tables.types[table].items() if n not in hidden}
        if not types:
            raise InvalidSource(
                f"the table {name!r} has only columns with personal data: choose another table, or "
                "add columns later with a reason (docs/new-pipeline.md)"
            )
        selected = ",\n       ".join(map(quoted, types))
        source = ".".join(map(quoted, table))
        measured = self.statistics.get(".".join(table))
        found = {each: self._statistics(table, each) for each in types}
        return KnownQuery(
            f"SELECT {selected}\nFROM {source}",
            source,
            types,
            {each: statistics for each, statistics in found.items() if statistics},
            measured.rows if measured else None,
        )

    def _statistics(self, table: tuple[str, str], column: str) -> ColumnStatistics | None:
        measured = self.statistics.get(".".join(table))
        return measured.columns.get(column) if measured else None
