"""Creates a warehouse that exists on AWS: cluster, role, tables, users and rights."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from botocore.exceptions import ClientError

from local_cloud.errors import LocalCloudError
from local_cloud.redshift.passwords import new_password
from local_cloud.redshift.serverless import models
from local_cloud.resources.existing_database import create_secret
from local_cloud.resources.existing_network import next_id

# The administrator of the warehouse, who belongs to the other team.
OWNER = "warehouse_owner"
Properties = Mapping[str, Any]
# Service name -> client with the credentials of the administrator.
Clients = Callable[[str], Any]


class StatementRefused(LocalCloudError):
    """A statement about an existing warehouse failed; the message contains the statement."""


def _cluster(clients: Clients, identifier: str, properties: Properties) -> bool:
    redshift = clients("redshift")
    if _has(redshift.exceptions.ClusterNotFoundFault, redshift.describe_clusters, identifier):
        return False
    redshift.create_cluster(
        ClusterIdentifier=identifier,
        ClusterType="single-node",
        NodeType="ra3.large",
        MasterUsername=OWNER,
        MasterUserPassword=new_password(),
        PubliclyAccessible=False,
        DBName=properties["DBName"],
        Port=properties["Port"],
        VpcSecurityGroupIds=properties["SecurityGroupIds"],
    )
    return True


def _workgroup(clients: Clients, identifier: str, properties: Properties) -> bool:
    """Create a workgroup and a namespace of the same name."""
    serverless = clients("redshift-serverless")
    try:
        serverless.get_workgroup(workgroupName=identifier)
    except serverless.exceptions.ResourceNotFoundException:
        serverless.create_namespace(
            namespaceName=identifier,
            dbName=properties["DBName"],
            adminUsername=OWNER,
            manageAdminPassword=True,
        )
        with next_id(models, "uuid4", properties["WorkgroupId"]):
            serverless.create_workgroup(
                workgroupName=identifier,
                namespaceName=identifier,
                port=properties["Port"],
                securityGroupIds=properties["SecurityGroupIds"],
            )
        return True
    return False


def _role(clients: Clients, identifier: str, properties: Properties) -> bool:
    """Create a role for COPY and UNLOAD, and attach it to the cluster of another team."""
    path, _, name = identifier.rpartition("/")
    try:
        arn = clients("iam").get_role(RoleName=name)["Role"]["Arn"]
        created = False
    except clients("iam").exceptions.NoSuchEntityException:
        trust = {"Effect": "Allow", "Action": "sts:AssumeRole"}
        service = {"Principal": {"Service": "redshift.amazonaws.com"}}
        document = {"Version": "2012-10-17", "Statement": [{**trust, **service}]}
        arn = clients("iam").create_role(
            RoleName=name,
            Path=f"/{path}/" if path else "/",
            AssumeRolePolicyDocument=json.dumps(document),
        )["Role"]["Arn"]
        created = True
    _attach(clients, properties, arn)
    return created


def _attach(clients: Clients, properties: Properties, arn: str) -> None:
    if "ClusterIdentifier" in properties:
        cluster = {"ClusterIdentifier": properties["ClusterIdentifier"]}
        clients("redshift").modify_cluster_iam_roles(**cluster, AddIamRoles=[arn])
        return
    name = {"namespaceName": properties["WorkgroupName"]}
    serverless = clients("redshift-serverless")
    roles = serverless.get_namespace(**name)["namespace"].get("iamRoles", [])
    if arn not in roles:
        serverless.update_namespace(**name, iamRoles=[*roles, arn])


def _secret(clients: Clients, identifier: str, properties: Properties) -> bool:
    """Create a database user whose password is in a secret with this end of the ARN."""
    user, password = properties["User"], new_password()
    credentials = json.dumps({"username": user, "password": password})
    if not create_secret(clients, identifier, credentials, key=properties["KmsKeyId"]):
        return False
    _ran(clients, f"CREATE USER {user} PASSWORD '{password}'", properties)
    return True


def _contents(clients: Clients, identifier: str, properties: Properties) -> bool:
    """Run the statements, as the owner has done on AWS; skip what exists already."""
    ran = [_ran(clients, each, properties) for each in properties["Statements"]]
    return any(ran)


def _tables(clients: Clients, identifier: str, properties: Properties) -> bool:
    """Create the tables, and let those that are new have rows, which the statements generate."""
    created = _contents(clients, identifier, properties)
    for each in properties.get("Rows", []) if created else []:
        _ran(clients, each, properties)
    return created


CREATORS: Mapping[str, Callable[[Clients, str, Properties], bool]] = {
    "AWS::Redshift::Cluster": _cluster,
    "AWS::RedshiftServerless::Workgroup": _workgroup,
    "AWS::IAM::Role": _role,
    "AWS::SecretsManager::Secret": _secret,
    "Redshift::Schema": _contents,
    "Redshift::Tables": _tables,
    "Redshift::User": _contents,
}


def _has(missing: type[ClientError], describe: Callable[..., Any], identifier: str) -> bool:
    try:
        describe(ClusterIdentifier=identifier)
    except missing:
        return False
    return True


def _ran(clients: Clients, sql: str, properties: Properties) -> bool:
    """Return whether the statement ran, and not if its object exists already."""
    data = clients("redshift-data")
    started = data.execute_statement(Sql=sql, **_as_owner(clients, properties))["Id"]
    while (described := data.describe_statement(Id=started, WaitTimeSeconds=30))["Status"] in (
        "SUBMITTED", "PICKED", "STARTED"
    ):  # fmt: skip
        pass
    if described["Status"] == "FINISHED":
        return True
    if "already exists" in described["Error"]:
        return False
    raise StatementRefused(f"{sql}: {described['Error']}")


def _as_owner(clients: Clients, properties: Properties) -> dict[str, str]:
    """Return the parameters of the Data API with which the owner of the database logs in."""
    database = {"Database": properties["Database"]}
    if "ClusterIdentifier" in properties:
        return {**database, "ClusterIdentifier": properties["ClusterIdentifier"], "DbUser": OWNER}
    name = properties["WorkgroupName"]
    found = clients("redshift-serverless").get_namespace(namespaceName=name)["namespace"]
    return {**database, "WorkgroupName": name, "SecretArn": found["adminPasswordSecretArn"]}
