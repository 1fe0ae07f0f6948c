"""Temporary tables that the warehouse fills for one statement: external and system tables."""

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
    """The temporary table's name; no statement of a user has such a name."""
    return f"{_PREFIX}{name}"


def is_staged(relation: Relation) -> bool:
    """Whether a relation is one that the warehouse filled."""
    return relation[0] == TEMPORARY and relation[1].startswith(_PREFIX)


def stage(session: Session, name: str, rows: Any, types: dict[str, RedshiftType]) -> None:
    """Create the temporary table from an Arrow table; `types` are those of its text columns."""
    local = staged_name(name)
    with session.staged(_ROWS, rows):
        session.execute(
            f"CREATE OR REPLACE TEMP TABLE {quoted_name(local)} AS SELECT * FROM {_ROWS}"
        )
    for column, of in types.items():
        if of.is_text:
            session.execute(remember_type((TEMPORARY, local), column, of))


def read_staged(table: exp.Table, name: str) -> None:
    """Let a query read the temporary table in place of the one that it names."""
    alias = table.args.get("alias")
    table.replace(
        exp.Table(
            this=exp.to_identifier(staged_name(name), quoted=True),
            db=exp.to_identifier(TEMPORARY, quoted=True),
            alias=alias or exp.TableAlias(this=exp.to_identifier(table.name, quoted=True)),
        )
    )
