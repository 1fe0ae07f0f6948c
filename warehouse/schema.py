"""Reads the numbered migrations in `warehouse/migrations`."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from pipeline_code.source_files import source_files
from warehouse import WarehouseError
from warehouse.sql_splitter import StatementError, split_statements

FOLDER = Path(__file__).parent / "migrations"
# BatchExecuteStatement accepts 40 statements; one of them is the record of the migration.
MAX_STATEMENTS = 39


class MigrationError(WarehouseError):
    """A migration file is not valid; the message says why."""


@dataclass(frozen=True)
class Migration:
    """One migration file. `version` is 1, 2, …; `checksum` is the SHA-256 of its text."""

    version: int
    name: str
    checksum: str
    statements: tuple[str, ...]


def read_migrations(folder: Path = FOLDER) -> list[Migration]:
    """Return the migrations of `folder` in order.

    Raises:
        MigrationError: a file name is not valid, a number is missing or used twice, or a file
            cannot be split into statements or has too many of them.
    """
    migrations = [_read(path) for path in source_files(folder, "*.sql")]
    for expected, migration in enumerate(migrations, start=1):
        if migration.version != expected:
            raise MigrationError(
                f"{migration.name} has the wrong number (expected {expected:04d}): "
                f"number the files in {folder.name} 0001, 0002, … without gaps"
            )
    return migrations


def _read(path: Path) -> Migration:
    match = re.fullmatch(r"(\d{4})_[a-z0-9_]+\.sql", path.name)
    if match is None:
        raise MigrationError(f"{path.name} is not a valid migration name (expected NNNN_words.sql)")
    text = path.read_text(encoding="utf-8")
    try:
        statements = tuple(split_statements(text))
    except StatementError as error:
        raise MigrationError(f"{path.name}, {error}") from error
    if not 1 <= len(statements) <= MAX_STATEMENTS:
        raise MigrationError(
            f"{path.name} has {len(statements)} statements, expected 1 to {MAX_STATEMENTS} (the "
            "limit of one transaction of the Data API): split it into several files"
        )
    checksum = hashlib.sha256(text.encode()).hexdigest()
    return Migration(int(match[1]), path.name, checksum, statements)


def to_json(migrations: Sequence[Migration]) -> str:
    """Return the migrations as the JSON document that `lambda/migrations` reads."""
    return json.dumps([asdict(migration) for migration in migrations], indent=1)


def fingerprint(migrations: Sequence[Migration]) -> str:
    """Return a hash that changes when a migration is added or edited."""
    return hashlib.sha256(to_json(migrations).encode()).hexdigest()
