"""AWS::RedshiftServerless: namespaces and workgroups."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar, Self

from local_cloud.resources.base import (
    Properties,
    ServiceResource,
    UnsupportedProperty,
    removed_keys,
)


class ServerlessResource(ServiceResource):
    """Base class. The API members are the template's properties with a lower-case first letter."""

    _MODIFIABLE: ClassVar[frozenset[str]]

    @property
    def serverless(self) -> Any:
        """The client of Redshift Serverless."""
        return self.service("redshift-serverless")

    def members(self, *names: str) -> Properties:
        """Return the named properties that the template sets, as API members."""
        return {_member(name): _member_value(self.properties[name]) for name in self.given(*names)}

    def changes(self, before: Self) -> Properties:
        """Return the changed members."""
        names = (
            name
            for name in sorted(self._MODIFIABLE)
            if self.properties.get(name) != before.properties.get(name)
        )
        return self.members(*names)

    def show(self, described: Properties, prefix: str) -> None:
        """Set the attributes of GetAtt, such as `Namespace.NamespaceArn`."""
        self.attributes = {
            f"{prefix}.{name[0].upper()}{name[1:]}": _attribute(value)
            for name, value in described.items()
            # CloudFormation does not return this attribute (coverage roadmap, issue 2021).
            if name != "adminPasswordSecretArn"
        }

    def set_tags(self, arn: str, before: Self) -> None:
        """Set the tags of the template, and remove the others."""
        removed = removed_keys(before.tags, self.tags)
        if removed:
            self.serverless.untag_resource(resourceArn=arn, tagKeys=removed)
        if self.tags:
            self.serverless.tag_resource(resourceArn=arn, tags=_member_value(self.tags))


class Namespace(ServerlessResource):
    """AWS::RedshiftServerless::Namespace; Ref returns the name."""

    TYPE = "AWS::RedshiftServerless::Namespace"
    _MODIFIABLE = frozenset(
        {"AdminPasswordSecretKmsKeyId", "DefaultIamRoleArn", "IamRoles", "KmsKeyId", "LogExports"}
    )
    _CREATED = frozenset(
        {"AdminUserPassword", "AdminUsername", "DbName", "ManageAdminPassword", "NamespaceName"}
    )
    PROPERTIES = frozenset({*_MODIFIABLE, *_CREATED, "Tags"})
    MUTABLE = frozenset({*_MODIFIABLE, "Tags"})

    @classmethod
    def must_be_replaced(cls, before: Properties, after: Properties) -> bool:
        """Return whether the name has changed; the service updates other properties in place.

        Raises `UnsupportedProperty` for a change of the administrator, which would replace the
        namespace and lose its data.
        """
        for name in sorted(cls._CREATED - {"NamespaceName"}):
            if before.get(name) != after.get(name):
                raise UnsupportedProperty(
                    f"the laptop cloud cannot change {name} of {cls.TYPE}: use another "
                    "NamespaceName, or delete the stack first"
                )
        return before.get("NamespaceName") != after.get("NamespaceName")

    def create(self) -> None:
        """Call CreateNamespace."""
        members = self.members(*sorted(self._MODIFIABLE | self._CREATED), "Tags")
        described = self.serverless.create_namespace(**members)["namespace"]
        self.physical_resource_id = described["namespaceName"]
        self.show(described, "Namespace")

    def update(self, before: Self) -> None:
        """Call UpdateNamespace with the changed members, then update the tags."""
        name = {"namespaceName": self.physical_resource_id}
        self.serverless.update_namespace(**name, **self.changes(before))
        described = self.serverless.get_namespace(**name)["namespace"]
        self.show(described, "Namespace")
        self.set_tags(described["namespaceArn"], before)

    def remove(self) -> None:
        """Call DeleteNamespace."""
        self.serverless.delete_namespace(namespaceName=self.physical_resource_id)


class Workgroup(ServerlessResource):
    """AWS::RedshiftServerless::Workgroup; Ref returns the name."""

    TYPE = "AWS::RedshiftServerless::Workgroup"
    _MODIFIABLE = frozenset(
        {
            "BaseCapacity",
            "ConfigParameters",
            "EnhancedVpcRouting",
            "Port",
            "PubliclyAccessible",
            "SecurityGroupIds",
            "SubnetIds",
        }
    )
    PROPERTIES = frozenset({*_MODIFIABLE, "NamespaceName", "Tags", "WorkgroupName"})
    MUTABLE = frozenset({*_MODIFIABLE, "Tags"})

    def create(self) -> None:
        """Call CreateWorkgroup."""
        names = ("NamespaceName", "WorkgroupName", "Tags")
        members = self.members(*sorted(self._MODIFIABLE), *names)
        described = self.serverless.create_workgroup(**members)["workgroup"]
        self.physical_resource_id = described["workgroupName"]
        self._show(described)

    def update(self, before: Self) -> None:
        """Call UpdateWorkgroup with the changed members, then update the tags."""
        name = {"workgroupName": self.physical_resource_id}
        self.serverless.update_workgroup(**name, **self.changes(before))
        described = self.serverless.get_workgroup(**name)["workgroup"]
        self._show(described)
        self.set_tags(described["workgroupArn"], before)

    def remove(self) -> None:
        """Call DeleteWorkgroup."""
        self.serverless.delete_workgroup(workgroupName=self.physical_resource_id)

    def _show(self, described: Properties) -> None:
        self.show(described, "Workgroup")
        endpoint = described["endpoint"]
        self.attributes |= {
            "Workgroup.Endpoint.Address": endpoint["address"],
            "Workgroup.Endpoint.Port": str(endpoint["port"]),
        }


def _attribute(value: Any) -> Any:
    """Return an attribute for GetAtt. A time is converted to text."""
    return value.isoformat() if isinstance(value, datetime) else value


def _member(name: str) -> str:
    return name[0].lower() + name[1:]


def _member_value(value: Any) -> Any:
    """Convert a property's value: nested names also get a lower-case first letter."""
    if isinstance(value, list):
        return [_member_value(item) for item in value]
    if isinstance(value, dict):
        return {_member(name): _member_value(item) for name, item in value.items()}
    return value
