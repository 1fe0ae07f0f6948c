"""CREATE ROLE, DROP ROLE, GRANT ROLE and REVOKE ROLE.

Privileges can be granted to a role. Users and roles to which the role is granted also have them.
"""

from __future__ import annotations

from dataclasses import replace

from local_cloud.redshift.access_control import Membership
from local_cloud.redshift.session import Session, StatementOutcome
from local_cloud.redshift.sql.database_users import require_superuser
from local_cloud.redshift.sql.word_reader import Reader
from local_cloud.redshift.statement_errors import StatementFailed, refused


def create_role(session: Session, reader: Reader) -> StatementOutcome:
    """Run CREATE ROLE name."""
    reader.expect("CREATE", "ROLE")
    require_superuser(session, "create role")
    name = reader.name()
    if reader.accept("EXTERNALID"):
        raise refused("EXTERNALID of a role")
    reader.end()
    if name in session.access.roles or name in session.access.users:
        raise StatementFailed(f'ERROR: role or user "{name}" already exists')
    session.access = replace(session.access, roles=session.access.roles | {name})
    return StatementOutcome()


def drop_role(session: Session, reader: Reader) -> StatementOutcome:
    """Run DROP ROLE name [FORCE | RESTRICT]. Without FORCE, the role must not be granted."""
    reader.expect("DROP", "ROLE")
    require_superuser(session, "drop role")
    name = session.access.role(reader.name())
    force = reader.accept("FORCE")
    reader.accept("RESTRICT")
    reader.end()
    if not force and any(role == name for _, role in session.access.memberships):
        raise StatementFailed(f'ERROR: cannot drop role "{name}" because it is granted')
    session.access = session.access.without_role(name)
    return StatementOutcome()


def grant_role(session: Session, reader: Reader) -> StatementOutcome:
    """Run GRANT ROLE name [, …] TO {user | ROLE name} [, …]."""
    reader.expect("GRANT")
    granted = _memberships(session, reader, "TO")
    if reader.accept("WITH", "ADMIN", "OPTION"):
        raise refused("WITH ADMIN OPTION")
    reader.end()
    access = session.access.with_memberships(granted)
    for holder, role in granted:
        if holder in access.held_roles(f"role {role}"):
            raise StatementFailed(f'ERROR: role "{role}" would be granted to itself')
    session.access = access
    return StatementOutcome()


def revoke_role(session: Session, reader: Reader) -> StatementOutcome:
    """Run REVOKE ROLE name [, …] FROM {user | ROLE name} [, …]."""
    reader.expect("REVOKE")
    taken = _memberships(session, reader, "FROM")
    reader.end()
    access = session.access
    session.access = replace(access, memberships=access.memberships - taken)
    return StatementOutcome()


def _memberships(session: Session, reader: Reader, direction: str) -> frozenset[Membership]:
    """Return each pair of a named holder and a named role."""
    require_superuser(session, "grant or revoke role")
    roles = [_role(session, reader)]
    while reader.accept(","):
        roles.append(_role(session, reader))
    reader.expect(direction)
    holders = [_holder(session, reader)]
    while reader.accept(","):
        holders.append(_holder(session, reader))
    return frozenset((holder, role) for holder in holders for role in roles)


def _role(session: Session, reader: Reader) -> str:
    reader.expect("ROLE")
    return session.access.role(reader.name())


def _holder(session: Session, reader: Reader) -> str:
    if reader.accept("ROLE"):
        return f"role {session.access.role(reader.name())}"
    return f"user {session.access.user(reader.name()).name}"
