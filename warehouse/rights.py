"""The rights of a pipeline's database user: the columns that its queries read, and no others.

docs/decisions/0037-rights-in-the-warehouse-are-derived-from-queries.md
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline_code.source_files import source_files
from warehouse import WarehouseError
from warehouse.described.reading import quoted
from warehouse.personal_data import (
    MARKED,
    Personal,
    check_declared,
    declared_columns,
    personal_columns,
)
from warehouse.query_columns import Columns, QueryError, Table, columns_read
from warehouse.schema import MAX_STATEMENTS, Migration, fingerprint
from warehouse.sql_splitter import StatementError, only_statement
from warehouse.tables import Tables, tables_after

# The transaction of a new role has five more statements; MAX_STATEMENTS leaves out one of them.
MOST_GRANTS = MAX_STATEMENTS - 4


class RightsError(WarehouseError):
    """The rights of a pipeline cannot be derived; the message says why."""


@dataclass(frozen=True, kw_only=True)
class Reader:
    """The queries of a pipeline: `queries` maps the name of a step to its query.

    `user` and `role` are its database user and database role, `folder` is its folder.
    """

    pipeline: str
    user: str
    role: str
    queries: Mapping[str, str]
    folder: Path


@dataclass(frozen=True, kw_only=True)
class Rights:
    """The rights of one pipeline. `columns` are the columns of each table that it may select."""

    pipeline: str
    user: str
    role: str
    columns: Columns

    def of_schema(self, schema: str) -> Rights:
        """Return the rights on the tables of a schema."""
        return self._where(lambda table: table[0] == schema)

    def outside_schema(self, schema: str) -> Rights:
        """Return the rights on all other tables."""
        return self._where(lambda table: table[0] != schema)

    def _where(self, kept: Callable[[Table], bool]) -> Rights:
        return replace(
            self, columns={table: each for table, each in self.columns.items() if kept(table)}
        )

    def creation(self, *, serverless: bool) -> list[str]:
        """Return the statements that create the role and, in a cluster, its user.

        In a workgroup the user is the IAM role of the caller, whose tag names the role.
        """
        role = f"CREATE ROLE {self.role}"
        if serverless:
            return [role]
        return [
            role,
            f"CREATE USER {self.user} PASSWORD DISABLE",
            f"GRANT ROLE {self.role} TO {self.user}",
        ]

    @property
    def grants(self) -> list[str]:
        """The statements that grant the rights to a role without any."""
        if not self.columns:
            return []
        schemas = dict.fromkeys(quoted(schema) for schema, _ in self.columns)
        return [
            f"GRANT USAGE ON SCHEMA {', '.join(schemas)} TO ROLE {self.role}",
            *(
                f"GRANT SELECT ({', '.join(map(quoted, names))}) ON TABLE {_quoted(table)} "
                f"TO ROLE {self.role}"
                for table, names in self.columns.items()
            ),
        ]


@dataclass(frozen=True, kw_only=True)
class OwnSchema:
    """The schema of the environment in an existing warehouse, and the tables of its owner."""

    name: str
    described: Migration

    def after(self, migrations: Sequence[Migration]) -> list[Migration]:
        """Return the migrations that create the tables of the owner and of the environment."""
        return [self.described, *migrations]


def derived_rights(
    readers: Iterable[Reader], migrations: Sequence[Migration], marked: Path = MARKED
) -> list[Rights]:
    """Return the rights of each pipeline; `marked` lists the columns with personal data.

    Raises:
        MigrationError: the tables of the migrations cannot be found.
        QueryError: a query cannot be read, or reads an unknown table.
        PersonalDataError: a query reads personal data that its folder does not declare.
    """
    tables = tables_after(migrations)
    personal = personal_columns(tables, marked)
    return [_rights(reader, tables, personal) for reader in readers]


def rights_document(
    rights: Sequence[Rights], migrations: Sequence[Migration], own: OwnSchema | None = None
) -> str:
    """Return the rights as the JSON document that `lambda/migrations` reads.

    `tables` and `schemas` are all that a role may have rights on. The checksum of a role changes
    with its rights, and with the migrations: a migration may replace a table. In an existing
    warehouse they are only those of the `own` schema, and others create the users.

    Raises:
        RightsError: a pipeline reads more tables than one transaction can grant.
    """
    tables: Iterable[Table] = tables_after(own.after(migrations) if own else migrations).columns
    if own:
        tables = [table for table in tables if table[0] == own.name]
        rights = [each.of_schema(own.name) for each in rights]
    document = {
        "creates_users": own is None,
        "tables": sorted(map(_quoted, tables)),
        "schemas": sorted({quoted(schema) for schema, _ in tables}),
        "roles": [
            {
                "role": each.role,
                "user": each.user,
                "grants": _few(each),
                "checksum": _checksum([*each.grants, fingerprint(migrations)]),
            }
            for each in rights
        ],
    }
    return json.dumps(document, indent=1)


def fingerprint_of(document: str) -> str:
    """Return a hash that changes when the rights of a pipeline change."""
    return hashlib.sha256(document.encode()).hexdigest()


def _quoted(table: Table) -> str:
    return ".".join(map(quoted, table))


def _few(rights: Rights) -> list[str]:
    if len(rights.grants) > MOST_GRANTS:
        raise RightsError(
            f"{rights.pipeline} reads {len(rights.columns)} tables, but the rights on at most "
            f"{MOST_GRANTS - 1} can be granted in one transaction: read a view instead"
        )
    return rights.grants


def _checksum(texts: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()


def _rights(reader: Reader, tables: Tables, personal: Personal) -> Rights:
    reads = {
        step: _read(reader, step, query, tables.columns) for step, query in reader.queries.items()
    }
    check_declared(
        pipeline=reader.pipeline,
        reads=reads,
        personal=personal,
        declared=declared_columns(reader.folder),
    )
    return Rights(
        pipeline=reader.pipeline,
        user=reader.user,
        role=reader.role,
        columns=_union(reads.values()),
    )


def _read(reader: Reader, step: str, query: str, tables: Columns) -> Columns:
    try:
        return columns_read(query, tables)
    except QueryError as error:
        where = _in_file(reader.folder, query, tables) or error
        raise QueryError(f"{reader.pipeline}: step {step}: {where}", error.line) from error


def _in_file(folder: Path, query: str, tables: Columns) -> str:
    """Return the error with file and line, if a file of the folder contains the query."""
    for path in source_files(folder, "*.sql"):
        text = path.read_text(encoding="utf-8")
        with suppress(StatementError):
            if only_statement(text) != query:
                continue
            try:
                columns_read(text, tables)
            except QueryError as error:
                return f"{path}, line {error.line}: {error}" if error.line else f"{path}: {error}"
    return ""


def _union(reads: Iterable[Columns]) -> dict[Table, tuple[str, ...]]:
    union: dict[Table, tuple[str, ...]] = {}
    for columns in reads:
        for table, names in columns.items():
            union[table] = tuple(sorted({*union.get(table, ()), *names}))
    return dict(sorted(union.items()))
