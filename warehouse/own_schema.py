"""Checks that migrations change only the schema of the environment in an existing warehouse."""

from __future__ import annotations

import re
from collections.abc import Sequence

from warehouse.schema import Migration, MigrationError

_NAME = r'"?[\w$]+"?(?:\."?[\w$]+"?)*'
_NAMES = rf"(?P<names>{_NAME}(?:\s*,\s*{_NAME})*)"
_WORDS = r"(?:CREATE(?:\s+OR\s+REPLACE)?|ALTER|DROP)\s+(?:TABLE|VIEW|MATERIALIZED\s+VIEW)"
# The statements that are allowed, with the names of what they change.
_TABLES = re.compile(
    rf"(?:{_WORDS}(?:\s+IF(?:\s+NOT)?\s+EXISTS)?"
    r"|INSERT\s+INTO|DELETE\s+FROM|UPDATE|TRUNCATE(?:\s+TABLE)?"
    r"|COMMENT\s+ON\s+(?:TABLE|VIEW)"
    rf"|(?:GRANT|REVOKE)\s+[\w\s,()]+?\s+ON\s+TABLE)\s+{_NAMES}",
    re.IGNORECASE,
)
_SCHEMAS = re.compile(
    rf"(?:GRANT|REVOKE)\s+[\w\s,]+?\s+ON\s+SCHEMA\s+{_NAMES}\s+(?:TO|FROM)\b", re.IGNORECASE
)


def check_own_schema(migrations: Sequence[Migration], schema: str) -> None:
    """Check that each statement changes a table or a view of `schema`, or its rights.

    The database enforces it, too: the user of the migrations owns no other schema.

    Raises:
        MigrationError: a statement changes something else.
    """
    for migration in migrations:
        for statement in migration.statements:
            if not _changes_only(statement, schema):
                raise MigrationError(
                    f"{migration.name} contains {' '.join(statement.split())[:80]!r}: allowed in "
                    f"an existing warehouse are changes of tables and views {schema}.…, and of "
                    "rights on them; correct or remove the statement"
                )


def _changes_only(statement: str, schema: str) -> bool:
    tables, schemas = _TABLES.match(statement), _SCHEMAS.match(statement)
    if tables:
        return all(each.startswith(f"{schema}.") for each in _names(tables))
    return schemas is not None and _names(schemas) == [schema]


def _names(match: re.Match[str]) -> list[str]:
    return [each.strip().replace('"', "").lower() for each in match["names"].split(",")]
