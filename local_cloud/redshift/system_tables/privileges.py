"""System tables of privileges on relations and columns.

Sources: pages "SVV_RELATION_PRIVILEGES" and "SVV_COLUMN_PRIVILEGES" of the Developer Guide.
"""

from __future__ import annotations

from collections.abc import Callable

from local_cloud.redshift.access_control import PUBLIC, Grant
from local_cloud.redshift.catalog import Catalog
from local_cloud.redshift.session import Session
from local_cloud.redshift.system_tables.registry import Rows, SystemTable, system_table

# The numbers of the parts in the name of a relation and of a column.
_RELATION, _COLUMN = 3, 4
_GRANTEE = "privilege_type text; identity_id int; identity_name text; identity_type text"


def _granted(parts: int) -> Callable[[Session, Catalog], Rows]:
    """Return a source with a row for each privilege on an object whose name has so many parts."""

    def rows(session: Session, _: Catalog) -> Rows:
        for grant in sorted(session.access.grants, key=lambda each: (each.on, str(each))):
            if len(grant.on) == parts and grant.on[0] == session.database:
                yield (*grant.on[1:], grant.privilege, *_identity(session, grant))

    return rows


def _identity(session: Session, grant: Grant) -> tuple[int | None, str, str]:
    kind, _, name = grant.grantee.partition(" ")
    number = session.access.user_id(name) if kind == "user" else None
    return number, name or PUBLIC, kind


TABLES: tuple[SystemTable, ...] = (
    system_table(
        "svv_relation_privileges",
        f"namespace_name text; relation_name text; {_GRANTEE}",
        _granted(_RELATION),
    ),
    system_table(
        "svv_column_privileges",
        f"namespace_name text; relation_name text; column_name text; {_GRANTEE}",
        _granted(_COLUMN),
    ),
)
