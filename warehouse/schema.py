"""The numbered migrations of `warehouse/migrations` as data (standard library only)."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from warehouse.errors import WarehouseError
from warehouse.statements import StatementError, split

FOLDER = Path(__file__).parent / "migrations"
# BatchExecuteStatement takes 40 (API Redshift Data); one of them records the migration.
MOST_STATEMENTS = 39


class MigrationError(WarehouseError):
    """A migration's file breaks the rules of its folder; the message says which."""


@dataclass(frozen=True)
class Migration:
    """One file: `version` 1, 2, …; `checksum` is the SHA-256 of its text."""

    version: int
    name: str
    checksum: str
    statements: tuple[str, ...]


def read_migrations(folder: Path = FOLDER) -> list[Migration]:
    """The migrations of `folder` in order.

    Raises:
        MigrationError: a file is misnamed, a number is missing or double, a text cannot be split
            or holds too many statements.
    """
    migrations = [_read(path) for path in sorted(folder.glob("*.sql"))]
    for expected, migration in enumerate(migrations, start=1):
        if migration.version != expected:
            raise MigrationError(
                f"{migration.name} stands where migration {expected:04d} is expected: "
                f"number the files of {folder.name} 0001, 0002, … without gaps"
            )
    return migrations


def _read(path: Path) -> Migration:
    match = re.fullmatch(r"(\d{4})_[a-z0-9_]+\.sql", path.name)
    if match is None:
        raise MigrationError(f"{path.name} is no migration's name: name it like 0001_tables.sql")
    text = path.read_text()
    try:
        statements = tuple(split(text))
    except StatementError as error:
        raise MigrationError(f"{path.name}, {error}") from error
    if not 1 <= len(statements) <= MOST_STATEMENTS:
        raise MigrationError(
            f"{path.name} has {len(statements)} statements: allowed are 1 to {MOST_STATEMENTS}, "
            "what one transaction of the Data API takes; spread them over several files"
        )
    checksum = hashlib.sha256(text.encode()).hexdigest()
    return Migration(int(match[1]), path.name, checksum, statements)


def to_json(migrations: Sequence[Migration]) -> str:
    """The migrations as the function that applies them reads them."""
    return json.dumps([asdict(migration) for migration in migrations], indent=1)


def fingerprint(migrations: Sequence[Migration]) -> str:
    """Changes when a migration is added or edited."""
    return hashlib.sha256(to_json(migrations).encode()).hexdigest()
