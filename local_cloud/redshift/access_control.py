"""The users, groups, roles and privileges of a cluster, as one immutable value.

A transaction works on its own copy. COMMIT replaces the value of the cluster by this copy.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from local_cloud.redshift.statement_errors import StatementFailed

PUBLIC = "public"
TABLE_PRIVILEGES = ("SELECT", "INSERT", "UPDATE", "DELETE", "REFERENCES", "DROP", "TRUNCATE")
SCHEMA_PRIVILEGES = ("CREATE", "USAGE")
# "Granting machine learning permissions", on the page of GRANT.
MODEL_PRIVILEGES = ("EXECUTE",)
DATABASE_PRIVILEGES = ("CREATE", "TEMPORARY", "TEMP", "USAGE")
# The name of an object: (database,), (database, schema), (database, schema, relation) or
# (database, schema, relation, column).
Securable = tuple[str, ...]
# (the holder of a role, as `user NAME` or `role NAME`; the name of the role)
Membership = tuple[str, str]


@dataclass(frozen=True)
class User:
    """A database user. A user without a password can log in with temporary credentials only."""

    name: str
    superuser: bool = False
    password: str | None = None
    groups: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Grant:
    """A privilege on an object. Grantees are `user NAME`, `group NAME`, `role NAME` or `public`."""

    grantee: str
    privilege: str
    on: Securable


@dataclass(frozen=True)
class DefaultGrant:
    """A privilege that is granted on each new relation of `owner` in a schema (None: in any)."""

    owner: str
    grantee: str
    privilege: str
    database: str
    schema: str | None


@dataclass(frozen=True)
class Access:
    """The users, groups, roles, owners and grants of a cluster."""

    users: Mapping[str, User] = field(default_factory=dict)
    groups: frozenset[str] = frozenset()
    roles: frozenset[str] = frozenset()
    memberships: frozenset[Membership] = frozenset()
    owners: Mapping[Securable, str] = field(default_factory=dict)
    grants: frozenset[Grant] = frozenset()
    defaults: frozenset[DefaultGrant] = frozenset()

    def user(self, name: str) -> User:
        """Return the user with this name. Raises StatementFailed if the user does not exist."""
        if name not in self.users:
            raise StatementFailed(f'ERROR: user "{name}" does not exist')
        return self.users[name]

    def user_id(self, name: str) -> int:
        """Return the id of a user in pg_user. Ids below 100 belong to Redshift's own users."""
        return 100 + list(self.users).index(name)

    def with_user(self, user: User) -> Access:
        """Return a copy in which the user is added or replaced."""
        return replace(self, users={**self.users, user.name: user})

    def without_user(self, name: str) -> Access:
        """Return a copy without a user, who must own no object and have no privilege."""
        self.user(name)
        if name in self.owners.values() or any(g.grantee == f"user {name}" for g in self.grants):
            raise StatementFailed(
                f'ERROR: user "{name}" cannot be dropped because the user owns an object '
                "or has a privilege on some object"
            )
        return replace(
            self,
            users={n: u for n, u in self.users.items() if n != name},
            memberships=frozenset(m for m in self.memberships if m[0] != f"user {name}"),
        )

    def role(self, name: str) -> str:
        """Return the name of the role. Raises StatementFailed if the role does not exist."""
        if name not in self.roles:
            raise StatementFailed(f'ERROR: role "{name}" does not exist')
        return name

    def without_role(self, name: str) -> Access:
        """Return a copy without a role, its privileges and its memberships."""
        return replace(
            self,
            roles=self.roles - {name},
            memberships=frozenset(
                (holder, role)
                for holder, role in self.memberships
                if role != name and holder != f"role {name}"
            ),
            grants=frozenset(g for g in self.grants if g.grantee != f"role {name}"),
            defaults=frozenset(d for d in self.defaults if d.grantee != f"role {name}"),
        )

    def with_memberships(self, memberships: Iterable[Membership]) -> Access:
        """Return a copy in which roles are granted to users and roles."""
        return replace(self, memberships=self.memberships | frozenset(memberships))

    def held_roles(self, holder: str) -> frozenset[str]:
        """Return the roles (`role NAME`) of a holder, including the roles that those roles have."""
        found: frozenset[str] = frozenset()
        reached = frozenset({holder})
        while reached:
            given = {f"role {role}" for holder, role in self.memberships if holder in reached}
            reached = frozenset(given) - found
            found |= reached
        return found

    @property
    def databases(self) -> list[str]:
        """The databases of the cluster, in the order of their creation."""
        return [on[0] for on in self.owners if len(on) == 1]

    def with_database(self, name: str, owner: str) -> Access:
        """Return a copy with a new empty database. PUBLIC may use its schema `public`."""
        everyone = [Grant(PUBLIC, privilege, (name, "public")) for privilege in SCHEMA_PRIVILEGES]
        owned = self.with_owner((name,), owner).with_owner((name, "public"), owner)
        return owned.with_grants(everyone)

    def with_owner(self, on: Securable, owner: str) -> Access:
        """Return a copy with a new relation or schema, and the owner's default privileges on it."""
        carried = {
            Grant(default.grantee, default.privilege, on)
            for default in self.defaults
            if len(on) == 3
            and default.owner == owner
            and default.database == on[0]
            and default.schema in (None, on[1])
        }
        return replace(self, owners={**self.owners, on: owner}, grants=self.grants | carried)

    def without(self, on: Securable) -> Access:
        """Return a copy without the owners and grants of a relation, or of a schema's objects."""
        return replace(
            self,
            owners={o: user for o, user in self.owners.items() if o[: len(on)] != on},
            grants=frozenset(g for g in self.grants if g.on[: len(on)] != on),
        )

    def renamed(self, old: Securable, new: Securable) -> Access:
        """Return a copy in which a relation or a column has a new name."""

        def name(on: Securable) -> Securable:
            return (*new, *on[len(old) :]) if on[: len(old)] == old else on

        owners = {name(on): user for on, user in self.owners.items()}
        grants = frozenset(replace(grant, on=name(grant.on)) for grant in self.grants)
        return replace(self, owners=owners, grants=grants)

    def with_grants(self, grants: Iterable[Grant]) -> Access:
        """Return a copy with more grants.

        Raises StatementFailed if a grantee would have a privilege on a table and on a column of it:
        https://docs.aws.amazon.com/redshift/latest/dg/r_GRANT-usage-notes.html
        """
        added = frozenset(grants)
        both = {replace(grant, on=grant.on[:3]) for grant in self.grants if len(grant.on) == 4}
        for grant in added & both:
            raise StatementFailed(
                f"ERROR: {grant.grantee} has the privilege {grant.privilege} on columns of "
                f"relation {grant.on[2]}: revoke it first"
            )
        useful = {grant for grant in added if not self._has_table(grant)}
        return replace(self, grants=self.grants | useful)

    def without_grants(self, grants: Iterable[Grant]) -> Access:
        """Return a copy without these grants. A revoked table includes its columns.

        Raises StatementFailed for a column if the privilege is granted on the whole table.
        """
        revoked = frozenset(grants)
        for grant in revoked:
            if self._has_table(grant):
                raise StatementFailed(
                    f"ERROR: {grant.grantee} has the privilege {grant.privilege} on relation "
                    f"{grant.on[2]}, not on its columns: revoke it on the relation"
                )
        kept = {
            grant
            for grant in self.grants
            if grant not in revoked and replace(grant, on=grant.on[:3]) not in revoked
        }
        return replace(self, grants=frozenset(kept))

    def _has_table(self, grant: Grant) -> bool:
        """Whether `grant` is of a column, and its grantee has the privilege on the table."""
        return len(grant.on) == 4 and replace(grant, on=grant.on[:3]) in self.grants

    def owns(self, user: str, on: Securable) -> bool:
        """Return whether a user has all privileges on an object, as its owner or a superuser."""
        return self.users[user].superuser or self.owners.get(on) == user

    def allows(self, user: str, privilege: str, on: Securable) -> bool:
        """Return whether a user has a privilege, directly or by ownership, group, role, PUBLIC."""
        if self.owns(user, on):
            return True
        return any(Grant(holder, privilege, on) in self.grants for holder in self._holders(user))

    def columns(self, user: str, privilege: str, on: Securable) -> frozenset[str]:
        """Return the columns of a relation on which a user has a privilege without the others."""
        holders = self._holders(user)
        return frozenset(
            grant.on[3]
            for grant in self.grants
            if len(grant.on) == 4
            and grant.on[:3] == on
            and grant.privilege == privilege
            and grant.grantee in holders
        )

    def _holders(self, user: str) -> frozenset[str]:
        """Return the grantees whose privileges a user has."""
        groups = {f"group {group}" for group in self.users[user].groups}
        return frozenset({f"user {user}", PUBLIC, *groups, *self.held_roles(f"user {user}")})


def check_relation(access: Access, user: str, privilege: str, on: Securable) -> None:
    """Raise StatementFailed unless the user may use the schema and has the privilege."""
    check_schema(access, user, "USAGE", on[:2])
    if not access.allows(user, privilege, on):
        raise denied(on)


def denied(on: Securable) -> StatementFailed:
    """Return the error for a relation, which is also the error for a column of it."""
    return StatementFailed(f"ERROR: permission denied for relation {on[2]}")


def check_schema(access: Access, user: str, privilege: str, on: Securable) -> None:
    """Raise StatementFailed unless the user has the privilege on the schema."""
    if not access.allows(user, privilege, on):
        raise StatementFailed(f"ERROR: permission denied for schema {on[1]}")


def check_owner(access: Access, user: str, on: Securable) -> None:
    """Raise StatementFailed unless the user owns the relation or schema."""
    if not access.owns(user, on):
        kind = "relation" if len(on) == 3 else "schema"
        raise StatementFailed(f"ERROR: must be owner of {kind} {on[-1]}")
