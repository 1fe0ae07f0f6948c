"""Namespaces, which contain data, and workgroups, which run statements on the data."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

Members = dict[str, Any]


@dataclass
class Namespace:
    """A namespace. `settings` are the members of the API that can be updated."""

    name: str
    arn_prefix: str  # arn:aws:redshift-serverless:REGION:ACCOUNT
    database: str
    administrator: str
    password: str
    secret_arn: str | None
    settings: Members
    id: str = field(default_factory=lambda: str(uuid4()))
    created: datetime = field(default_factory=lambda: datetime.now(UTC))

    @property
    def arn(self) -> str:
        """The ARN. It contains the id."""
        return f"{self.arn_prefix}:namespace/{self.id}"

    @property
    def roles(self) -> list[str]:
        """The IAM roles that statements may use."""
        return list(self.settings.get("iamRoles", []))

    def describe(self) -> Members:
        """Return the namespace in the format of the API."""
        secret = {"adminPasswordSecretArn": self.secret_arn} if self.secret_arn else {}
        return {
            "namespaceName": self.name,
            "namespaceId": self.id,
            "namespaceArn": self.arn,
            "adminUsername": self.administrator,
            "dbName": self.database,
            "status": "AVAILABLE",
            "creationDate": self.created.isoformat(),
            **secret,
            **self.settings,
        }


@dataclass
class Workgroup:
    """A workgroup. `settings` are the members of the API that can be updated."""

    name: str
    arn_prefix: str
    namespace: str
    host: str
    settings: Members
    id: str = field(default_factory=lambda: str(uuid4()))
    created: datetime = field(default_factory=lambda: datetime.now(UTC))

    @property
    def arn(self) -> str:
        """The ARN. It contains the id."""
        return f"{self.arn_prefix}:workgroup/{self.id}"

    def describe(self) -> Members:
        """Return the workgroup in the format of the API."""
        return {
            "workgroupName": self.name,
            "workgroupId": self.id,
            "workgroupArn": self.arn,
            "namespaceName": self.namespace,
            "status": "AVAILABLE",
            "creationDate": self.created.isoformat(),
            "endpoint": {"address": self.host, "port": self.settings["port"], "vpcEndpoints": []},
            **self.settings,
        }
