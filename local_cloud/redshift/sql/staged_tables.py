"""Temporary copies of external and system tables, which the warehouse creates for a statement."""

from __future__ import annotations

from typing import Any

from sqlglot import exp

from local_cloud.redshift.catalog import TEMPORARY, Relation, remember_type
from local_cloud.redshift.redshift_types import RedshiftType
from local_cloud.redshift.session import Session
from local_cloud.redshift.sql.identifiers import quoted_name

_PREFIX = "staged "
_ROWS = "staged_rows"


def staged_name(name: str) -> str:
    """Return the name of the temporary table. Users cannot write such a name."""
    return f"{_PREFIX}{name}"


def is_staged(relation: Relation) -> bool:
    """Return whether a relation is such a temporary table."""
    return relation[0] == TEMPORARY and relation[1].startswith(_PREFIX)


def stage(session: Session, name: str, rows: Any, types: dict[str, RedshiftType]) -> None:
    """Create the temporary table from an Arrow table. `types` are the Redshift types of columns."""
    local = staged_name(name)
    with session.staged(_ROWS, rows):
        session.execute(
            f"CREATE OR REPLACE TEMP TABLE {quoted_name(local)} AS SELECT * FROM {_ROWS}"
        )
    for column, of in types.items():
        if of.is_text:
            session.execute(remember_type((TEMPORARY, local), column, of))


def read_staged(table: exp.Table, name: str) -> None:
    """Replace a table in a query by its temporary copy."""
    alias = table.args.get("alias")
    table.replace(
        exp.Table(
            this=exp.to_identifier(staged_name(name), quoted=True),
            db=exp.to_identifier(TEMPORARY, quoted=True),
            alias=alias or exp.TableAlias(this=exp.to_identifier(table.name, quoted=True)),
        )
    )
