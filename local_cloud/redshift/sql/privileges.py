"""GRANT, REVOKE and ALTER DEFAULT PRIVILEGES."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from local_cloud.redshift.access_control import (
    DATABASE_PRIVILEGES,
    MODEL_PRIVILEGES,
    PUBLIC,
    SCHEMA_PRIVILEGES,
    TABLE_PRIVILEGES,
    DefaultGrant,
    Grant,
    Securable,
    check_owner,
)
from local_cloud.redshift.machine_learning.model_names import named_model
from local_cloud.redshift.session import Session, StatementOutcome
from local_cloud.redshift.sql.word_reader import Reader
from local_cloud.redshift.statement_errors import StatementFailed, refused

_KINDS = {
    "TABLE": TABLE_PRIVILEGES,
    "SCHEMA": SCHEMA_PRIVILEGES,
    "DATABASE": DATABASE_PRIVILEGES,
    "MODEL": MODEL_PRIVILEGES,
}
_KNOWN = frozenset(name for names in _KINDS.values() for name in names)


def grant(session: Session, reader: Reader) -> StatementOutcome:
    """Run GRANT privileges ON objects TO users, groups, roles or PUBLIC."""
    reader.expect("GRANT")
    session.access = session.access.with_grants(_grants(session, reader, "TO"))
    if reader.accept("WITH", "GRANT", "OPTION"):
        raise refused("WITH GRANT OPTION")
    reader.end()
    return StatementOutcome()


def revoke(session: Session, reader: Reader) -> StatementOutcome:
    """Run REVOKE privileges ON objects FROM users, groups, roles or PUBLIC."""
    reader.expect("REVOKE")
    if reader.accept("GRANT", "OPTION", "FOR"):
        raise refused("GRANT OPTION FOR")
    session.access = session.access.without_grants(_grants(session, reader, "FROM"))
    reader.accept("CASCADE")
    reader.accept("RESTRICT")
    reader.end()
    return StatementOutcome()


def _grants(session: Session, reader: Reader, direction: str) -> list[Grant]:
    privileges = _privileges(reader)
    columns = _columns(reader, privileges)
    reader.expect("ON")
    target = _target(session, reader)
    reader.expect(direction)
    grantees = read_grantees(session, reader)
    allowed = _KINDS[target.kind]
    wanted = privileges or allowed
    for privilege in wanted:
        if privilege not in allowed:
            raise StatementFailed(
                f"ERROR: invalid privilege type {privilege} for {target.kind.lower()}: "
                f"one of {', '.join(allowed)}"
            )
    for securable in target.on:
        check_owner(session.access, session.user, securable)
    return [
        Grant(grantee, privilege, on)
        for grantee in grantees
        for privilege in wanted
        for on in _securables(session, target, columns)
    ]


def _columns(reader: Reader, privileges: list[str]) -> list[str]:
    """Read the columns of SELECT (column, …); empty for a privilege on whole objects."""
    if not reader.accept("("):
        return []
    if privileges != ["SELECT"]:
        raise refused(f"the privilege {', '.join(privileges) or 'ALL'} on single columns")
    found = reader.names()
    reader.expect(")")
    return found


def _securables(session: Session, target: _Target, columns: list[str]) -> list[Securable]:
    """Return the objects of the target, or the named columns of each."""
    if not columns:
        return list(target.on)
    relations = session.catalog().relations
    for on in target.on:
        known = {column.name for column in relations[on[1], on[2]]}
        for column in columns:
            if column not in known:
                raise StatementFailed(
                    f'ERROR: column "{column}" of relation "{on[2]}" does not exist'
                )
    return [(*on, column) for on in target.on for column in columns]


@dataclass(frozen=True)
class _Target:
    kind: str
    on: tuple[Securable, ...]


def _privileges(reader: Reader) -> list[str]:
    """Read the list of privileges; empty for ALL."""
    if reader.accept("ALL"):
        reader.accept("PRIVILEGES")
        return []
    found = [_privilege(reader)]
    while reader.accept(","):
        found.append(_privilege(reader))
    return found


def _privilege(reader: Reader) -> str:
    word = reader.word()
    if word not in _KNOWN:
        raise refused(f"the privilege {word}")
    return word


def _target(session: Session, reader: Reader) -> _Target:
    if reader.accept("ALL", "TABLES", "IN", "SCHEMA"):
        schemas = [_schema(session, name) for name in reader.names()]
        relations = [r for r in session.catalog().relations if r[0] in schemas]
        return _Target("TABLE", tuple(session.securable(r) for r in relations))
    if reader.accept("SCHEMA"):
        names = [_schema(session, name) for name in reader.names()]
        return _Target("SCHEMA", tuple((session.database, name) for name in names))
    if reader.accept("DATABASE"):
        return _Target("DATABASE", tuple((name,) for name in reader.names()))
    if reader.accept("MODEL"):
        return _Target("MODEL", tuple(_models(session, reader)))
    if reader.peek() in ("FUNCTION", "PROCEDURE", "LANGUAGE", "EXTERNAL", "DATASHARE"):
        raise refused(f"GRANT ON {reader.peek()}")
    reader.accept("TABLE")
    catalog = session.catalog()
    found = [catalog.existing(reader.qualified_name())]
    while reader.accept(","):
        found.append(catalog.existing(reader.qualified_name()))
    return _Target("TABLE", tuple(session.securable(relation) for relation in found))


def _models(session: Session, reader: Reader) -> Iterator[Securable]:
    while True:
        yield named_model(session, reader.qualified_name()).securable(session.database)
        if not reader.accept(","):
            return


def _schema(session: Session, name: str) -> str:
    if name not in session.catalog().schemas:
        raise StatementFailed(f'ERROR: schema "{name}" does not exist')
    return name


def read_grantees(session: Session, reader: Reader) -> list[str]:
    """Read users, groups, roles and PUBLIC, separated by commas."""
    found = [_grantee(session, reader)]
    while reader.accept(","):
        found.append(_grantee(session, reader))
    return found


def _grantee(session: Session, reader: Reader) -> str:
    if reader.accept("PUBLIC"):
        return PUBLIC
    if reader.accept("ROLE"):
        return f"role {session.access.role(reader.name())}"
    if reader.accept("GROUP"):
        group = reader.name()
        if group not in session.access.groups:
            raise StatementFailed(f'ERROR: group "{group}" does not exist')
        return f"group {group}"
    return f"user {session.access.user(reader.name()).name}"


def alter_default_privileges(session: Session, reader: Reader) -> StatementOutcome:
    """Run ALTER DEFAULT PRIVILEGES [FOR USER u] [IN SCHEMA s] {GRANT | REVOKE} … ON TABLES …"""
    reader.expect("ALTER", "DEFAULT", "PRIVILEGES")
    owners = [session.user]
    if reader.accept("FOR", "USER"):
        owners = [session.access.user(name).name for name in reader.names()]
    schemas: list[str | None] = [None]
    if reader.accept("IN", "SCHEMA"):
        schemas = [_schema(session, name) for name in reader.names()]
    granting = reader.accept("GRANT")
    if not granting:
        reader.expect("REVOKE")
    privileges = _privileges(reader) or list(TABLE_PRIVILEGES)
    reader.expect("ON", "TABLES", "TO" if granting else "FROM")
    grantees = read_grantees(session, reader)
    reader.end()
    changed = {
        DefaultGrant(owner, grantee, privilege, session.database, schema)
        for owner in owners
        for grantee in grantees
        for privilege in privileges
        for schema in schemas
    }
    _check_owners(session, owners)
    defaults = session.access.defaults
    new = defaults | changed if granting else defaults - changed
    session.access = replace(session.access, defaults=new)
    return StatementOutcome()


def _check_owners(session: Session, owners: list[str]) -> None:
    if owners != [session.user] and not session.access.user(session.user).superuser:
        raise StatementFailed("ERROR: permission denied to alter default privileges of others")
