"""A Redshift warehouse that exists before the environment."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from stacks.common.settings_class import settings
from stacks.common.validation import require, require_between, require_match

# Field -> the values that are allowed, and where to find the value.
_TEXTS: Mapping[str, tuple[str, str, str]] = {
    "folder": (
        r"[a-z][a-z0-9_]{0,62}",
        "the name of a folder: lower-case letters, digits and underscores",
        "name a folder of warehouse/existing",
    ),
    "cluster": (
        r"([a-z](?!.*--)[a-z0-9-]{0,61}[a-z0-9])?",
        "2 to 63 lower-case letters, digits and hyphens, or nothing",
        "copy the identifier from the console of Redshift",
    ),
    "workgroup": (
        r"([a-z0-9-]{3,64})?",
        "3 to 64 lower-case letters, digits and hyphens, or nothing",
        "copy the name from the console of Redshift Serverless",
    ),
    "workgroup_id": (
        r"([0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})?",
        "the ID of a workgroup, or nothing",
        "write what follows workgroup/ in its ARN",
    ),
    "database": (
        r"[a-z][a-z0-9_]{0,63}",
        "1 to 64 lower-case letters, digits and underscores",
        "copy the name from the console of Redshift",
    ),
    "security_group_id": (
        r"(sg-([0-9a-f]{8}|[0-9a-f]{17}))?",
        "sg- with 8 or 17 hexadecimal digits, or nothing",
        "copy the ID of the group from the VPC console",
    ),
    "schema": (
        r"([a-z][a-z0-9_]{0,62})?",
        "lower-case letters, digits and underscores, or nothing",
        "name the schema that the owner created for the environment",
    ),
    "database_user": (
        r"([a-z][a-z0-9_]{0,62})?",
        "lower-case letters, digits and underscores, or nothing",
        "name the database user that owns warehouse.schema",
    ),
    "secret": (
        r"([\w/+=.@!-]+-[A-Za-z0-9]{6})?",
        "the name of a secret with the six characters that follow it in the ARN, or nothing",
        "write what follows secret: in its ARN",
    ),
    "key_id": (
        r"([0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})?",
        "the ID of a KMS key, or nothing",
        "write what follows key/ in its ARN",
    ),
    "role": (
        r"([\w+=,.@-]+/)*[\w+=,.@-]{1,64}|",
        "the name of an IAM role with its path, or nothing",
        "write what follows role/ in its ARN",
    ),
}
# Field -> the field that it needs.
_NEEDED = {
    "schema": "database_user",
    "database_user": "schema",
    "secret": "schema",
    "key_id": "secret",
    "workgroup": "workgroup_id",
}


@settings("warehouse.")
class ExistingWarehouse:
    """A database of a provisioned cluster or a serverless workgroup that another team owns.

    The app changes nothing of it, except in `schema`, which belongs to the environment. Names are
    without account, which is that of the environment.
    """

    folder: str
    """A folder of `warehouse/existing/`, which describes the tables that pipelines read."""
    cluster: str = ""
    """The identifier of a provisioned cluster; or `workgroup`."""
    workgroup: str = ""
    """The name of a serverless workgroup; or `cluster`."""
    workgroup_id: str = ""
    """The ID at the end of the workgroup's ARN."""
    database: str
    """The database that pipelines query."""
    port: int = 5439
    """1150 to 65535."""
    security_group_id: str = ""
    """The group of the warehouse, if jobs connect to its `port`; everything else uses the Data API.
    Only with `Network.existing`.
    """
    role: str = ""
    """A role of the warehouse for COPY and UNLOAD, with its path. It gets policies for the lake. By
    default the app creates a role, and the owner of a cluster attaches it.
    """
    schema: str = ""
    """The schema in which the migrations of the folder run. Without a schema no migrations run."""
    database_user: str = ""
    """The database user that owns `schema`."""
    secret: str = ""
    """The secret of the user, as its ARN has it after `secret:`; by default temporary credentials.
    """
    key_id: str = ""
    """The ID of the KMS key of `secret`."""

    def __post_init__(self) -> None:
        for name, (pattern, allowed, remedy) in _TEXTS.items():
            value = getattr(self, name)
            require_match(pattern, f"warehouse.{name}", value, allowed=allowed, remedy=remedy)
        require_between("warehouse.port", self.port, 1150, 65535)
        for name, needed in _NEEDED.items():
            require(
                not getattr(self, name) or bool(getattr(self, needed)),
                f"warehouse.{needed}",
                getattr(self, needed),
                allowed=f"a value, as warehouse.{name} is set",
                remedy=f"set it, or remove warehouse.{name}",
            )

        self._check_kind()

    @property
    def kind(self) -> Literal["provisioned", "serverless"]:
        """The kind of the warehouse, as in `Warehouse`."""
        return "serverless" if self.workgroup else "provisioned"

    @property
    def name(self) -> str:
        """The identifier of the cluster, or the name of the workgroup."""
        return self.cluster or self.workgroup

    @property
    def target(self) -> dict[str, str]:
        """The parameters of the Data API that identify the database."""
        kind = "WorkgroupName" if self.workgroup else "ClusterIdentifier"
        return {kind: self.name, "Database": self.database}

    def _check_kind(self) -> None:
        require(
            bool(self.cluster) != bool(self.workgroup),
            "warehouse.workgroup",
            self.workgroup,
            allowed="a workgroup or a cluster, not both",
            remedy="set one of warehouse.cluster and warehouse.workgroup",
        )
        require(
            not self.workgroup or bool(self.role),
            "warehouse.role",
            self.role,
            allowed="a role of the namespace, where the warehouse is a workgroup",
            remedy="name it: UpdateNamespace replaces all roles, so no command adds a new one",
        )
        require(
            not self.workgroup or not self.schema or bool(self.secret),
            "warehouse.secret",
            self.secret,
            allowed="a secret of warehouse.database_user, where the warehouse is a workgroup",
            remedy="name it: a workgroup has no temporary credentials of a named user",
        )
