"""System tables of users and groups."""

from __future__ import annotations

from local_cloud.redshift.catalog import Catalog
from local_cloud.redshift.session import Session
from local_cloud.redshift.system_tables.registry import Rows, SystemTable, system_table


def _users(session: Session, _: Catalog) -> Rows:
    for user in session.access.users.values():
        number = session.access.user_id(user.name)
        yield user.name, number, user.superuser, user.superuser, False, "********", None, None


def _groups(session: Session, _: Catalog) -> Rows:
    access = session.access
    for number, group in enumerate(sorted(access.groups), start=100):
        members = [
            str(access.user_id(n)) for n, user in access.users.items() if group in user.groups
        ]
        yield group, number, "{" + ",".join(members) + "}"


TABLES: tuple[SystemTable, ...] = (
    system_table(
        "pg_user",
        "usename name; usesysid int; usecreatedb boolean; usesuper boolean; usecatupd boolean; "
        "passwd text; valuntil timestamp; useconfig text",
        _users,
    ),
    system_table("pg_group", "groname name; grosysid int; grolist text", _groups),
)
