"""The privileges of database users, for HAS_TABLE_PRIVILEGE and similar functions."""

from __future__ import annotations

from collections.abc import Iterator

from local_cloud.redshift.access_control import (
    DATABASE_PRIVILEGES,
    SCHEMA_PRIVILEGES,
    TABLE_PRIVILEGES,
    Access,
    Securable,
)
from local_cloud.redshift.catalog import TEMPORARY, Catalog
from local_cloud.redshift.sql.translation_context import HeldPrivilege

# All users may create temporary tables.
_EVERYONES = ("TEMP", "TEMPORARY")
_PRIVILEGES = {
    "database": DATABASE_PRIVILEGES,
    "schema": SCHEMA_PRIVILEGES,
    "table": TABLE_PRIVILEGES,
}


def held_privileges(
    access: Access, database: str, catalog: Catalog, kind: str
) -> list[HeldPrivilege]:
    """Return all privileges of all users on a kind of object: `database`, `schema` or `table`."""
    return [
        (user, name, privilege.lower())
        for securable, names in _securables(database, catalog, kind)
        for user in access.users
        for privilege in _PRIVILEGES[kind]
        if _holds(access, user, privilege, securable)
        for name in names
    ]


def _holds(access: Access, user: str, privilege: str, securable: Securable) -> bool:
    if len(securable) == 1 and privilege in _EVERYONES:
        return True
    return access.allows(user, privilege, securable)


def _securables(
    database: str, catalog: Catalog, kind: str
) -> Iterator[tuple[Securable, tuple[str, ...]]]:
    """Yield the objects of a kind, each with the names by which a statement may refer to it."""
    if kind == "database":
        yield (database,), (database,)
    elif kind == "schema":
        for schema in catalog.schemas:
            yield (database, schema), (schema,)
    else:
        for schema, table in catalog.relations:
            if schema != TEMPORARY:
                bare = (table,) if catalog.resolve((table,)) == (schema, table) else ()
                yield (database, schema, table), (f"{schema}.{table}", *bare)
