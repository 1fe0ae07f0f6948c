"""AWS::IAM: roles and policies."""

from __future__ import annotations

import json
from typing import Any, Self

from local_cloud.resources.base import ServiceResource, removed_keys


class Role(ServiceResource):
    """AWS::IAM::Role; Ref returns the name."""

    TYPE = "AWS::IAM::Role"
    _GIVEN = ("Description", "MaxSessionDuration", "Path")
    PROPERTIES = frozenset(
        {
            "AssumeRolePolicyDocument",
            "ManagedPolicyArns",
            "PermissionsBoundary",
            "Policies",
            "RoleName",
            "Tags",
            *_GIVEN,
        }
    )
    MUTABLE = PROPERTIES - {"Path", "RoleName"}

    def create(self) -> None:
        """Call CreateRole, then add the policies."""
        role = self._iam.create_role(
            RoleName=self.properties.get("RoleName", self.short_name(64)),
            AssumeRolePolicyDocument=json.dumps(self.properties["AssumeRolePolicyDocument"]),
            Tags=self.tags,
            **self.given("PermissionsBoundary", *self._GIVEN),
        )["Role"]
        self.physical_resource_id = role["RoleName"]
        self.attributes = {"Arn": role["Arn"], "RoleId": role["RoleId"]}
        for arn in self._managed:
            self._iam.attach_role_policy(**self._role, PolicyArn=arn)
        self._put_policies()

    def update(self, before: Self) -> None:
        """Update trust policy, description, tags, boundary and policies."""
        role = self._role
        trust = json.dumps(self.properties["AssumeRolePolicyDocument"])
        self._iam.update_assume_role_policy(**role, PolicyDocument=trust)
        self._iam.update_role(**role, **self.given("Description", "MaxSessionDuration"))
        if self.properties.get("PermissionsBoundary"):
            self._iam.put_role_permissions_boundary(**role, **self.given("PermissionsBoundary"))
        elif before.properties.get("PermissionsBoundary"):
            self._iam.delete_role_permissions_boundary(**role)
        self._set_tags(before)
        self._set_policies(before)

    def remove(self) -> None:
        """Remove the policies that this resource declares from the role, then call DeleteRole."""
        attached = self._iam.list_attached_role_policies(**self._role)["AttachedPolicies"]
        for arn in {policy["PolicyArn"] for policy in attached} & set(self._managed):
            self._iam.detach_role_policy(**self._role, PolicyArn=arn)
        inline = self._iam.list_role_policies(**self._role)["PolicyNames"]
        for name in set(inline) & set(self._inline):
            self._iam.delete_role_policy(**self._role, PolicyName=name)
        self._iam.delete_role(**self._role)

    @property
    def _iam(self) -> Any:
        return self.service("iam")

    @property
    def _role(self) -> dict[str, str]:
        return {"RoleName": self.physical_resource_id}

    @property
    def _managed(self) -> list[str]:
        arns: list[str] = self.properties.get("ManagedPolicyArns", [])
        return arns

    @property
    def _inline(self) -> dict[str, str]:
        """Return the documents of the inline policies by name."""
        return {
            policy["PolicyName"]: json.dumps(policy["PolicyDocument"])
            for policy in self.properties.get("Policies", [])
        }

    def _put_policies(self) -> None:
        for name, document in self._inline.items():
            self._iam.put_role_policy(**self._role, PolicyName=name, PolicyDocument=document)

    def _set_policies(self, before: Self) -> None:
        for arn in set(before._managed) - set(self._managed):
            self._iam.detach_role_policy(**self._role, PolicyArn=arn)
        for arn in set(self._managed) - set(before._managed):
            self._iam.attach_role_policy(**self._role, PolicyArn=arn)
        for name in set(before._inline) - set(self._inline):
            self._iam.delete_role_policy(**self._role, PolicyName=name)
        self._put_policies()

    def _set_tags(self, before: Self) -> None:
        removed = removed_keys(before.tags, self.tags)
        if removed:
            self._iam.untag_role(**self._role, TagKeys=removed)
        if self.tags:
            self._iam.tag_role(**self._role, Tags=self.tags)


class Policy(ServiceResource):
    """AWS::IAM::Policy: an inline policy, which is added to each role in Roles."""

    TYPE = "AWS::IAM::Policy"
    PROPERTIES = frozenset({"PolicyDocument", "PolicyName", "Roles"})
    MUTABLE = frozenset({"PolicyDocument", "Roles"})

    def create(self) -> None:
        """Call PutRolePolicy."""
        self.physical_resource_id = self.properties["PolicyName"]
        self._put()

    def update(self, before: Self) -> None:
        """Call PutRolePolicy for the listed roles, and DeleteRolePolicy for removed roles."""
        for role in set(before._roles) - set(self._roles):
            self._delete(role)
        self._put()

    def remove(self) -> None:
        """Call DeleteRolePolicy."""
        for role in self._roles:
            self._delete(role)

    @property
    def _roles(self) -> list[str]:
        roles: list[str] = self.properties.get("Roles", [])
        return roles

    def _put(self) -> None:
        document = json.dumps(self.properties["PolicyDocument"])
        for role in self._roles:
            self.service("iam").put_role_policy(
                RoleName=role, PolicyName=self.physical_resource_id, PolicyDocument=document
            )

    def _delete(self, role: str) -> None:
        self.service("iam").delete_role_policy(RoleName=role, PolicyName=self.physical_resource_id)


class ManagedPolicy(ServiceResource):
    """AWS::IAM::ManagedPolicy; Ref returns the ARN."""

    TYPE = "AWS::IAM::ManagedPolicy"
    PROPERTIES = frozenset(
        {"Description", "ManagedPolicyName", "Path", "PolicyDocument", "Roles", "Tags"}
    )
    MUTABLE = frozenset({"PolicyDocument", "Roles", "Tags"})

    def create(self) -> None:
        """Call CreatePolicy and AttachRolePolicy."""
        self.physical_resource_id = self._iam.create_policy(
            PolicyName=self.properties.get("ManagedPolicyName", self.name),
            PolicyDocument=json.dumps(self.properties["PolicyDocument"]),
            Tags=self.tags,
            **self.given("Description", "Path"),
        )["Policy"]["Arn"]
        self.attributes = {"PolicyArn": self.physical_resource_id}
        self._attach(self._roles)

    def update(self, before: Self) -> None:
        """Replace the default version by a new one, and update the attachments."""
        if before.properties["PolicyDocument"] != self.properties["PolicyDocument"]:
            self._replace_document()
        self._detach(before._roles - self._roles)
        self._attach(self._roles - before._roles)
        policy = {"PolicyArn": self.physical_resource_id}
        removed = removed_keys(before.tags, self.tags)
        if removed:
            self._iam.untag_policy(**policy, TagKeys=removed)
        if self.tags:
            self._iam.tag_policy(**policy, Tags=self.tags)

    def remove(self) -> None:
        """Call DetachRolePolicy and DeletePolicy."""
        self._detach(self._roles)
        self._iam.delete_policy(PolicyArn=self.physical_resource_id)

    @property
    def _iam(self) -> Any:
        return self.service("iam")

    @property
    def _roles(self) -> set[str]:
        return set(self.properties.get("Roles", []))

    def _attach(self, roles: set[str]) -> None:
        for role in roles:
            self._iam.attach_role_policy(RoleName=role, PolicyArn=self.physical_resource_id)

    def _detach(self, roles: set[str]) -> None:
        for role in roles:
            self._iam.detach_role_policy(RoleName=role, PolicyArn=self.physical_resource_id)

    def _replace_document(self) -> None:
        policy = {"PolicyArn": self.physical_resource_id}
        document = json.dumps(self.properties["PolicyDocument"])
        last = self._iam.get_policy(**policy)["Policy"]["DefaultVersionId"]
        self._iam.create_policy_version(**policy, PolicyDocument=document, SetAsDefault=True)
        self._iam.delete_policy_version(**policy, VersionId=last)


class InstanceProfile(ServiceResource):
    """AWS::IAM::InstanceProfile: a role for instances of EC2; Ref returns the name."""

    TYPE = "AWS::IAM::InstanceProfile"
    PROPERTIES = frozenset({"InstanceProfileName", "Path", "Roles"})
    MUTABLE = frozenset({"Roles"})

    def create(self) -> None:
        """Call CreateInstanceProfile and AddRoleToInstanceProfile."""
        created = self._iam.create_instance_profile(
            InstanceProfileName=self.properties.get("InstanceProfileName", self.name),
            **self.given("Path"),
        )["InstanceProfile"]
        self.physical_resource_id = created["InstanceProfileName"]
        self.attributes = {"Arn": created["Arn"]}
        self._add(self.properties["Roles"])

    def update(self, before: Self) -> None:
        """Replace the role: a profile has one at most."""
        self._remove(before.properties["Roles"])
        self._add(self.properties["Roles"])

    def remove(self) -> None:
        """Call RemoveRoleFromInstanceProfile and DeleteInstanceProfile."""
        self._remove(self.properties["Roles"])
        self._iam.delete_instance_profile(**self._profile)

    @property
    def _iam(self) -> Any:
        return self.service("iam")

    @property
    def _profile(self) -> dict[str, str]:
        return {"InstanceProfileName": self.physical_resource_id}

    def _add(self, roles: list[str]) -> None:
        for role in roles:
            self._iam.add_role_to_instance_profile(**self._profile, RoleName=role)

    def _remove(self, roles: list[str]) -> None:
        for role in roles:
            self._iam.remove_role_from_instance_profile(**self._profile, RoleName=role)
