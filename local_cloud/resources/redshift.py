"""AWS::Redshift: provisioned clusters, their subnet groups and parameter groups."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any, Self

from moto.redshift.models import redshift_backends

from local_cloud.redshift.passwords import new_password
from local_cloud.resources.base import Properties, ServiceResource, removed_keys


class RedshiftResource(ServiceResource):
    """Base class of resources whose tags are set by ARN."""

    KIND: str

    @property
    def redshift(self) -> Any:
        """The client of Redshift."""
        return self.service("redshift")

    @property
    def account(self) -> str:
        """The account id."""
        return self.stack_id.split(":")[4]

    @property
    def arn(self) -> str:
        """The ARN, which the API does not return."""
        name = self.physical_resource_id
        return f"arn:aws:redshift:{self.region}:{self.account}:{self.KIND}:{name}"

    def set_tags(self, before: Self) -> None:
        """Set the tags of the template, and remove the others."""
        removed = removed_keys(before.tags, self.tags)
        if removed:
            self.redshift.delete_tags(ResourceName=self.arn, TagKeys=removed)
        if self.tags:
            self.redshift.create_tags(ResourceName=self.arn, Tags=self.tags)


class Cluster(RedshiftResource):
    """AWS::Redshift::Cluster; Ref returns the identifier. Changes take effect immediately.

    With ManageMasterPassword the password is generated and stored in a secret of the service, as
    {"username", "password"}. MasterPasswordSecretArn returns the ARN of the secret. Only
    RotateSecret rotates the password.
    """

    TYPE = "AWS::Redshift::Cluster"
    KIND = "cluster"
    _MODIFIABLE = (
        "AllowVersionUpgrade",
        "AutomatedSnapshotRetentionPeriod",
        "ClusterParameterGroupName",
        "ClusterType",
        "EnhancedVpcRouting",
        "NodeType",
        "NumberOfNodes",
        "PreferredMaintenanceWindow",
        "PubliclyAccessible",
        "VpcSecurityGroupIds",
    )
    _CREATED = (
        "AvailabilityZone",
        "ClusterSubnetGroupName",
        "ClusterVersion",
        "DBName",
        "Encrypted",
        "IamRoles",
        "KmsKeyId",
        "MasterUsername",
        "Port",
    )
    _OWN = (
        "ClusterIdentifier",
        "LoggingProperties",
        "ManageMasterPassword",
        "MasterPasswordSecretKmsKeyId",
        "MasterUserPassword",
        "Tags",
    )
    PROPERTIES = frozenset({*_MODIFIABLE, *_CREATED, *_OWN})
    MUTABLE = frozenset({"IamRoles", "LoggingProperties", "Tags", *_MODIFIABLE})

    def create(self) -> None:
        """Call CreateCluster, then create the secret and enable logging."""
        identifier = self.properties.get("ClusterIdentifier", self.short_name(63).lower())
        managed = self.properties.get("ManageMasterPassword", False)
        password = new_password() if managed else self.properties["MasterUserPassword"]
        cluster = self.redshift.create_cluster(
            ClusterIdentifier=identifier,
            MasterUserPassword=password,
            Tags=self.tags,
            **self.given(*self._CREATED, *self._MODIFIABLE),
        )["Cluster"]
        self.physical_resource_id = identifier
        self.attributes = {
            "Endpoint.Address": cluster["Endpoint"]["Address"],
            "Endpoint.Port": str(cluster["Endpoint"]["Port"]),
        }
        if managed:
            self._keep_password(password)
        self._set_logging()

    def update(self, before: Self) -> None:
        """Call ModifyCluster with the changed properties, then update roles, logging and tags."""
        changed = [
            name
            for name in self._MODIFIABLE
            if self.properties.get(name) != before.properties.get(name)
        ]
        # Redshift requires the type and the number of nodes together.
        if {"ClusterType", "NumberOfNodes"} & set(changed):
            changed += ["ClusterType", "NumberOfNodes"]
        modification = self.given(*changed)
        if modification:
            self.redshift.modify_cluster(
                ClusterIdentifier=self.physical_resource_id, **modification
            )
        self._set_roles()
        self._set_logging()
        self.set_tags(before)

    def snapshot(self) -> None:
        """Call CreateClusterSnapshot. The name contains those of the stack and the resource.

        If an earlier deletion failed, the snapshot replaces the snapshot of that deletion.
        """
        redshift, name = self.redshift, self.name.lower()
        with suppress(redshift.exceptions.ClusterSnapshotNotFoundFault):
            redshift.delete_cluster_snapshot(SnapshotIdentifier=name)
        redshift.create_cluster_snapshot(
            SnapshotIdentifier=name, ClusterIdentifier=self.physical_resource_id
        )

    def remove(self) -> None:
        """Call DeleteCluster, then delete the secret."""
        self.redshift.delete_cluster(
            ClusterIdentifier=self.physical_resource_id, SkipFinalClusterSnapshot=True
        )
        secret = self.attributes.get("MasterPasswordSecretArn")
        if secret:
            self.service("secretsmanager").delete_secret(
                SecretId=secret, ForceDeleteWithoutRecovery=True
            )

    @property
    def _model(self) -> Any:
        """Return moto's cluster, for attributes that moto's API cannot set."""
        return redshift_backends[self.account][self.region].clusters[self.physical_resource_id]

    def _keep_password(self, password: str) -> None:
        user = self.properties["MasterUsername"]
        key = self.properties.get("MasterPasswordSecretKmsKeyId")
        secret = self.service("secretsmanager").create_secret(
            Name=f"redshift!{self.physical_resource_id}-{user}",
            SecretString=json.dumps({"username": user, "password": password}),
            **({"KmsKeyId": key} if key else {}),
        )
        self.attributes["MasterPasswordSecretArn"] = secret["ARN"]
        self._model.master_password_secret_arn = secret["ARN"]
        self._model.master_password_secret_kms_key_id = key

    def _set_roles(self) -> None:
        # moto does not have ModifyClusterIamRoles.
        self._model.iam_roles_arn = self.properties.get("IamRoles", [])

    def _set_logging(self) -> None:
        cluster = {"ClusterIdentifier": self.physical_resource_id}
        wanted: Properties | None = self.properties.get("LoggingProperties")
        if wanted:
            self.redshift.enable_logging(**cluster, **wanted)
        else:
            self.redshift.disable_logging(**cluster)


class ClusterSubnetGroup(RedshiftResource):
    """AWS::Redshift::ClusterSubnetGroup; Ref returns the generated name.

    moto has no ModifyClusterSubnetGroup, so an update changes moto's object.
    """

    TYPE = "AWS::Redshift::ClusterSubnetGroup"
    KIND = "subnetgroup"
    PROPERTIES = frozenset({"Description", "SubnetIds", "Tags"})
    MUTABLE = PROPERTIES

    def create(self) -> None:
        """Call CreateClusterSubnetGroup."""
        name = self.name.lower()
        self.redshift.create_cluster_subnet_group(
            ClusterSubnetGroupName=name,
            Tags=self.tags,
            **self.given("Description", "SubnetIds"),
        )
        self.physical_resource_id = name
        self.attributes = {"ClusterSubnetGroupName": name}

    def update(self, before: Self) -> None:
        """Update the subnets, the description and the tags."""
        groups = redshift_backends[self.account][self.region].subnet_groups
        group = groups[self.physical_resource_id]
        group.description = self.properties["Description"]
        group.subnet_ids = self.properties["SubnetIds"]
        self.set_tags(before)

    def remove(self) -> None:
        """Call DeleteClusterSubnetGroup."""
        self.redshift.delete_cluster_subnet_group(ClusterSubnetGroupName=self.physical_resource_id)


class ClusterParameterGroup(RedshiftResource):
    """AWS::Redshift::ClusterParameterGroup; Ref returns the name.

    moto has no call that sets values, so the values are stored in moto's object (see
    `moto_patches`).
    """

    TYPE = "AWS::Redshift::ClusterParameterGroup"
    KIND = "parametergroup"
    PROPERTIES = frozenset(
        {"Description", "ParameterGroupFamily", "ParameterGroupName", "Parameters", "Tags"}
    )
    MUTABLE = frozenset({"Parameters", "Tags"})

    def create(self) -> None:
        """Call CreateClusterParameterGroup."""
        name = self.properties.get("ParameterGroupName", self.name.lower())
        self.redshift.create_cluster_parameter_group(
            ParameterGroupName=name,
            Tags=self.tags,
            **self.given("Description", "ParameterGroupFamily"),
        )
        self.physical_resource_id = name
        self.attributes = {"ParameterGroupName": name}
        self._set_parameters()

    def update(self, before: Self) -> None:
        """Update the parameters and the tags."""
        self._set_parameters()
        self.set_tags(before)

    def remove(self) -> None:
        """Call DeleteClusterParameterGroup."""
        self.redshift.delete_cluster_parameter_group(ParameterGroupName=self.physical_resource_id)

    def _set_parameters(self) -> None:
        groups = redshift_backends[self.account][self.region].parameter_groups
        groups[self.physical_resource_id].laptop_parameters = {
            item["ParameterName"]: item["ParameterValue"]
            for item in self.properties.get("Parameters", [])
        }
