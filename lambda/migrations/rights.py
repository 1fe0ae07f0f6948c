"""Grants each pipeline's database role exactly its rights, and removes roles of other pipelines.

The table `applied_rights` records what was granted. A role whose checksum has not changed is left
alone. Each role is changed in one transaction.
"""

from __future__ import annotations

import logging
from typing import Any, Protocol

logger = logging.getLogger()

CREATE_RECORDS_TABLE = """\
CREATE TABLE IF NOT EXISTS {schema}applied_rights (
  role_name VARCHAR(127) NOT NULL,
  user_name VARCHAR(127) NOT NULL,
  checksum CHAR(64) NOT NULL
)"""


class Warehouse(Protocol):
    """The connection of the administrator."""

    @property
    def schema(self) -> str:
        """The prefix of the tables of records."""

    def run(self, *statements: str, work: str = "") -> str:
        """Run statements in one transaction; for one request, the same `work` only once."""

    def rows(self, sql: str) -> Any:
        """Yield the rows of a query."""


def apply_rights(warehouse: Warehouse, document: dict[str, Any]) -> list[str]:
    """Change the rights that differ from `document`. Return the names of the changed roles.

    Without `creates_users`, the users and roles belong to others, who create and drop them.

    Raises:
        MigrationFailed: a statement failed; the rights of the role are as before.
    """
    records = f"{warehouse.schema}applied_rights"
    warehouse.run(CREATE_RECORDS_TABLE.format(schema=warehouse.schema))
    sql = f"SELECT role_name, user_name, checksum FROM {records}"
    applied = {role: (user, str(checksum)) for role, user, checksum in warehouse.rows(sql)}
    declared = {each["role"]: each for each in document["roles"]}
    changed = []
    for role, each in declared.items():
        if role not in applied:
            first = _creating(role, each["user"]) if document["creates_users"] else []
        elif applied[role][1] != each["checksum"]:
            first = _revoking(role, document)
        else:
            continue
        grants = [*first, *each["grants"], *_recording(each, records)]
        warehouse.run(*grants, work=f"{role} {each['checksum']}")
        changed.append(role)
    for role in applied.keys() - declared.keys():
        dropping = _dropping(role, applied[role][0]) if document["creates_users"] else []
        removal = [*_revoking(role, document), *dropping, _forgetting(role, records)]
        warehouse.run(*removal, work=f"drop {role}")
        changed.append(role)
    logger.info("Changed the rights of %s", ", ".join(changed) or "no pipeline")
    return sorted(changed)


def _creating(role: str, user: str) -> list[str]:
    return [
        f"CREATE ROLE {role}",
        f"CREATE USER {user} PASSWORD DISABLE",
        f"GRANT ROLE {role} TO {user}",
    ]


def _revoking(role: str, document: dict[str, Any]) -> list[str]:
    """Return statements that revoke all rights. Those on a table include those on its columns.

    https://docs.aws.amazon.com/redshift/latest/dg/r_GRANT-usage-notes.html
    """
    return [
        f"REVOKE SELECT ON TABLE {', '.join(document['tables'])} FROM ROLE {role}",
        f"REVOKE USAGE ON SCHEMA {', '.join(document['schemas'])} FROM ROLE {role}",
    ]


def _dropping(role: str, user: str) -> list[str]:
    return [
        f"DROP ROLE {role} FORCE",
        f"DROP USER {user}",
    ]


def _forgetting(role: str, records: str) -> str:
    return f"DELETE FROM {records} WHERE role_name = '{role}'"


def _recording(each: dict[str, Any], records: str) -> list[str]:
    # These values are safe in SQL text: `stacks.warehouse` and `warehouse.rights` derived them from
    # the names of folders.
    return [
        _forgetting(each["role"], records),
        f"INSERT INTO {records} (role_name, user_name, checksum) VALUES "
        f"('{each['role']}', '{each['user']}', '{each['checksum']}')",
    ]
