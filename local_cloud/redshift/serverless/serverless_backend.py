"""The control plane of Redshift Serverless, as a back end of moto."""

from __future__ import annotations

import json
import types
from dataclasses import replace
from typing import Any, ClassVar

from moto.core.base_backend import BackendDict, BaseBackend
from moto.ec2.models import ec2_backends

from local_cloud.redshift.api.warehouse_endpoint import WarehouseEndpoint
from local_cloud.redshift.api.warehouse_runtime import WarehouseRuntime
from local_cloud.redshift.passwords import new_password
from local_cloud.redshift.serverless.exceptions import ConflictError, NotFoundError, ValidationError
from local_cloud.redshift.serverless.models import Members, Namespace, Workgroup
from local_cloud.redshift.serverless.workgroup_checks import check_workgroup

_NAMESPACE: Members = {"iamRoles": [], "kmsKeyId": "AWS_OWNED_KMS_KEY", "logExports": []}
_NAMESPACE_CHANGES = frozenset({*_NAMESPACE, "adminPasswordSecretKmsKeyId", "defaultIamRoleArn"})
_WORKGROUP: Members = {
    "baseCapacity": 128,
    "configParameters": [],
    "enhancedVpcRouting": False,
    "port": 5439,
    "publiclyAccessible": False,
    "securityGroupIds": [],
    "subnetIds": [],
}


class ServerlessBackend(BaseBackend):  # type: ignore[misc]
    """Namespaces and workgroups by name, and their tags by ARN.

    Resources are available immediately, without the status CREATING. Only RotateSecret rotates the
    password of an administrator.
    """

    runtime: ClassVar[WarehouseRuntime]

    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        self.namespaces: dict[str, Namespace] = {}
        self.workgroups: dict[str, Workgroup] = {}
        self.tags: dict[str, dict[str, str]] = {}

    @property
    def _url_module(self) -> types.ModuleType:
        from local_cloud.redshift.serverless import urls

        return urls

    @property
    def arn_prefix(self) -> str:
        """The common prefix of all ARNs."""
        return f"arn:aws:redshift-serverless:{self.region_name}:{self.account_id}"

    def namespace(self, name: str) -> Namespace:
        """Return the namespace with this name."""
        if name not in self.namespaces:
            raise NotFoundError(f"Namespace {name} was not found.")
        return self.namespaces[name]

    def workgroup(self, name: str) -> Workgroup:
        """Return the workgroup with this name or ARN."""
        found = next((w for w in list(self.workgroups.values()) if name in (w.name, w.arn)), None)
        if found is None:
            raise NotFoundError(f"Workgroup {name} was not found.")
        return found

    def endpoint(self, name: str) -> WarehouseEndpoint:
        """Return the endpoint of the workgroup with this name or ARN."""
        workgroup = self.workgroup(name)
        namespace = self.namespaces[workgroup.namespace]
        return WarehouseEndpoint(
            "WorkgroupName",
            workgroup.name,
            arn=workgroup.arn,
            users=f"arn:aws:redshift:{self.region_name}:{self.account_id}:dbuser:"
            f"serverless-{self.account_id}-{workgroup.id}",
            data=namespace.id,
            database=namespace.database,
            master=namespace.administrator,
            master_password=namespace.password,
            roles=lambda: namespace.roles,
        )

    def create_namespace(self, name: str, given: Members) -> Namespace:
        """Create a namespace. A managed password is stored in a secret of the service."""
        if name in self.namespaces:
            raise ConflictError(f"Namespace {name} already exists.")
        managed, password = given.get("manageAdminPassword", False), given.get("adminUserPassword")
        if managed == bool(password):
            raise ValidationError("Specify either manageAdminPassword or adminUserPassword")
        administrator = given.get("adminUsername", "admin")
        password = password or new_password()
        namespace = Namespace(
            name,
            self.arn_prefix,
            database=given.get("dbName", "dev"),
            administrator=administrator,
            password=password,
            secret_arn=self._create_secret(name, administrator, password, given)
            if managed
            else None,
            settings={**_NAMESPACE, **_only(given, _NAMESPACE_CHANGES)},
        )
        self.namespaces[name] = namespace
        return namespace

    def update_namespace(self, name: str, given: Members) -> Namespace:
        """Update the members in `_NAMESPACE_CHANGES`. The administrator cannot be changed."""
        namespace = self.namespace(name)
        for member in ("adminUsername", "adminUserPassword", "manageAdminPassword"):
            if member in given:
                raise ValidationError(f"the laptop cloud cannot change {member} of a namespace")
        namespace.settings |= _only(given, _NAMESPACE_CHANGES)
        return namespace

    def delete_namespace(self, name: str) -> Namespace:
        """Delete a namespace with its data and its secret. It must not have a workgroup."""
        namespace = self.namespace(name)
        users = [w.name for w in list(self.workgroups.values()) if w.namespace == name]
        if users:
            raise ConflictError(f"Namespace {name} is used by workgroup {users[0]}.")
        if namespace.secret_arn:
            self._secrets().delete_secret(
                SecretId=namespace.secret_arn, ForceDeleteWithoutRecovery=True
            )
        self.tags.pop(namespace.arn, None)
        self.runtime.forget(namespace.id)
        return self.namespaces.pop(name)

    def create_workgroup(self, name: str, given: Members) -> Workgroup:
        """Create the workgroup of a namespace. A namespace can have only one workgroup."""
        namespace = self.namespace(given["namespaceName"]).name
        if name in self.workgroups:
            raise ConflictError(f"Workgroup {name} already exists.")
        if any(w.namespace == namespace for w in list(self.workgroups.values())):
            raise ConflictError(f"Namespace {namespace} has a workgroup already.")
        host = f"{name}.{self.account_id}.{self.region_name}.redshift-serverless.amazonaws.com"
        settings = self._checked({**_WORKGROUP, **_only(given, _WORKGROUP)})
        workgroup = Workgroup(name, self.arn_prefix, namespace, host, settings)
        self.workgroups[name] = workgroup
        return workgroup

    def update_workgroup(self, name: str, given: Members) -> Workgroup:
        """Update the capacity, the network or the parameters of a workgroup."""
        workgroup = self.workgroup(name)
        workgroup.settings = self._checked({**workgroup.settings, **_only(given, _WORKGROUP)})
        return workgroup

    def delete_workgroup(self, name: str) -> Workgroup:
        """Delete a workgroup. The data remains in the namespace."""
        workgroup = self.workgroup(name)
        self.tags.pop(workgroup.arn, None)
        return self.workgroups.pop(workgroup.name)

    def tags_of(self, arn: str) -> dict[str, str]:
        """Return the tags of a namespace or workgroup. The caller may change this mapping."""
        known = {each.arn for each in list(self.namespaces.values())}
        known |= {each.arn for each in list(self.workgroups.values())}
        if arn not in known:
            raise NotFoundError(f"Resource {arn} was not found.")
        return self.tags.setdefault(arn, {})

    def _checked(self, settings: Members) -> Members:
        subnets = ec2_backends[self.account_id][self.region_name]
        zones = [subnets.get_subnet(name).availability_zone for name in settings["subnetIds"]]
        check_workgroup(settings, zones)
        return settings

    def _create_secret(self, name: str, user: str, password: str, given: Members) -> str:
        key = given.get("adminPasswordSecretKmsKeyId")
        secret = self._secrets().create_secret(
            Name=f"redshift!{name}-{user}",
            SecretString=json.dumps({"username": user, "password": password}),
            **({"KmsKeyId": key} if key else {}),
        )
        return str(secret["ARN"])

    def _secrets(self) -> Any:
        return replace(self.runtime.cloud, region=self.region_name).client("secretsmanager")


def _only(given: Members, names: Any) -> Members:
    return {name: value for name, value in given.items() if name in names}


redshiftserverless_backends = BackendDict(ServerlessBackend, "redshift-serverless")
