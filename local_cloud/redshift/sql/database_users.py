"""CREATE, ALTER and DROP of users and groups."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace

from local_cloud.redshift.access_control import User
from local_cloud.redshift.session import Session, StatementOutcome
from local_cloud.redshift.sql.word_reader import Reader
from local_cloud.redshift.statement_errors import StatementFailed, refused

_FLAGS = ("CREATEDB", "NOCREATEDB")


def create_user(session: Session, reader: Reader) -> StatementOutcome:
    """Run CREATE USER name [WITH] PASSWORD {'…' | DISABLE} [option …]."""
    reader.expect("CREATE", "USER")
    name = reader.name()
    require_superuser(session, "create user")
    if name in session.access.users:
        raise StatementFailed(f'ERROR: user "{name}" already exists')
    reader.accept("WITH")
    options = _options(session, reader)
    if not options.password_given:
        raise StatementFailed("ERROR: CREATE USER needs PASSWORD 'password' or PASSWORD DISABLE")
    session.access = session.access.with_user(options.applied(User(name)))
    return StatementOutcome()


def alter_user(session: Session, reader: Reader) -> StatementOutcome:
    """Run ALTER USER name [WITH] option … Users may change their own password."""
    reader.expect("ALTER", "USER")
    user = session.access.user(reader.name())
    reader.accept("WITH")
    if reader.peek() in ("RENAME", "SET", "RESET"):
        raise refused(f"ALTER USER … {reader.peek()}")
    options = _options(session, reader)
    if user.name != session.user or options.superuser is not None:
        require_superuser(session, "alter user")
    session.access = session.access.with_user(options.applied(user))
    return StatementOutcome()


def drop_user(session: Session, reader: Reader) -> StatementOutcome:
    """Run DROP USER [IF EXISTS] name, …"""
    reader.expect("DROP", "USER")
    require_superuser(session, "drop user")
    if_exists = reader.accept("IF", "EXISTS")
    for name in reader.names():
        if name in session.access.users or not if_exists:
            session.access = session.access.without_user(name)
    reader.end()
    return StatementOutcome()


def create_group(session: Session, reader: Reader) -> StatementOutcome:
    """Run CREATE GROUP name [[WITH] USER name, …]."""
    reader.expect("CREATE", "GROUP")
    require_superuser(session, "create group")
    name = reader.name()
    if name in session.access.groups:
        raise StatementFailed(f'ERROR: group "{name}" already exists')
    session.access = replace(session.access, groups=session.access.groups | {name})
    reader.accept("WITH")
    if reader.accept("USER"):
        _join(session, name, reader.names())
    reader.end()
    return StatementOutcome()


def alter_group(session: Session, reader: Reader) -> StatementOutcome:
    """Run ALTER GROUP name {ADD | DROP} USER name, …"""
    reader.expect("ALTER", "GROUP")
    require_superuser(session, "alter group")
    group = _known_group(session, reader.name())
    adding = reader.accept("ADD")
    if not adding:
        reader.expect("DROP")
    reader.expect("USER")
    names = reader.names()
    reader.end()
    if adding:
        _join(session, group, names)
    for name in () if adding else names:
        user = session.access.user(name)
        session.access = session.access.with_user(replace(user, groups=user.groups - {group}))
    return StatementOutcome()


def drop_group(session: Session, reader: Reader) -> StatementOutcome:
    """Run DROP GROUP name."""
    reader.expect("DROP", "GROUP")
    require_superuser(session, "drop group")
    group = _known_group(session, reader.name())
    reader.end()
    if any(grant.grantee == f"group {group}" for grant in session.access.grants):
        raise StatementFailed(
            f'ERROR: group "{group}" cannot be dropped because the group has a privilege '
            "on some object"
        )
    access = replace(session.access, groups=session.access.groups - {group})
    for user in access.users.values():
        access = access.with_user(replace(user, groups=user.groups - {group}))
    session.access = access
    return StatementOutcome()


def _join(session: Session, group: str, names: list[str]) -> None:
    for name in names:
        user = session.access.user(name)
        session.access = session.access.with_user(replace(user, groups=user.groups | {group}))


def _known_group(session: Session, name: str) -> str:
    if name not in session.access.groups:
        raise StatementFailed(f'ERROR: group "{name}" does not exist')
    return name


def require_superuser(session: Session, action: str) -> None:
    """Raise StatementFailed if the user is not a superuser."""
    if not session.access.user(session.user).superuser:
        raise StatementFailed(f"ERROR: permission denied to {action}")


@dataclass
class _Options:
    """The options of CREATE USER and ALTER USER."""

    password: str | None = None
    password_given: bool = False
    superuser: bool | None = None
    groups: frozenset[str] = frozenset()

    def applied(self, user: User) -> User:
        """Return the user with these options."""
        return replace(
            user,
            password=self.password if self.password_given else user.password,
            superuser=user.superuser if self.superuser is None else self.superuser,
            groups=user.groups | self.groups,
        )


def _options(session: Session, reader: Reader) -> _Options:
    options = _Options()
    while not reader.done:
        if reader.accept("PASSWORD"):
            options.password_given = True
            options.password = None if reader.accept("DISABLE") else _password(reader.text())
        elif reader.accept("CREATEUSER"):
            options.superuser = True
        elif reader.accept("NOCREATEUSER"):
            options.superuser = False
        elif reader.accept("IN", "GROUP"):
            options.groups = frozenset(_known_group(session, name) for name in reader.names())
        elif not any(reader.accept(flag) for flag in _FLAGS):
            raise refused(f"the user option {reader.rest()}")
    return options


def _password(text: str) -> str:
    """Return a password or its hash. Raises StatementFailed for an invalid password.

    A password must have 8 to 64 characters, with a capital, a small letter and a digit.
    """
    if text.startswith(("md5", "sha256|")):
        return text
    kinds = (str.isupper, str.islower, str.isdigit)
    if not 8 <= len(text) <= 64 or not all(any(map(kind, text)) for kind in kinds):
        raise StatementFailed(
            "ERROR: password must be 8 to 64 characters long and contain at least one uppercase "
            "letter, one lowercase letter and one number"
        )
    return text


def password_matches(user: User, password: str) -> bool:
    """Return whether the password is correct. A password stored as md5 is salted with the name."""
    digest = hashlib.md5(f"{password}{user.name}".encode(), usedforsecurity=False).hexdigest()
    return user.password in (password, f"md5{digest}")
