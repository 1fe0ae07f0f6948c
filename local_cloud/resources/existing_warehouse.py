"""Creates a warehouse that exists on AWS: cluster, role, tables, users and rights."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from botocore.exceptions import ClientError

from local_cloud.errors import LocalCloudError
from local_cloud.redshift.passwords import new_password

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
        **properties,
    )
    return True


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
    clients("redshift").modify_cluster_iam_roles(
        ClusterIdentifier=properties["Cluster"], AddIamRoles=[arn]
    )
    return created


def _contents(clients: Clients, identifier: str, properties: Properties) -> bool:
    """Run the statements, as the owner has done on AWS; skip what exists already."""
    where = {name: properties[name] for name in ("ClusterIdentifier", "Database")}
    ran = [_ran(clients("redshift-data"), each, where) for each in properties["Statements"]]
    return any(ran)


CREATORS: Mapping[str, Callable[[Clients, str, Properties], bool]] = {
    "AWS::Redshift::Cluster": _cluster,
    "AWS::IAM::Role": _role,
    "Redshift::Tables": _contents,
    "Redshift::User": _contents,
}


def _has(missing: type[ClientError], describe: Callable[..., Any], identifier: str) -> bool:
    try:
        describe(ClusterIdentifier=identifier)
    except missing:
        return False
    return True


def _ran(data: Any, sql: str, where: Mapping[str, str]) -> bool:
    """Return whether the statement ran, and not if its object exists already."""
    started = data.execute_statement(Sql=sql, DbUser=OWNER, **where)["Id"]
    while (described := data.describe_statement(Id=started, WaitTimeSeconds=30))["Status"] in (
        "SUBMITTED", "PICKED", "STARTED"
    ):  # fmt: skip
        pass
    if described["Status"] == "FINISHED":
        return True
    if "already exists" in described["Error"]:
        return False
    raise StatementRefused(f"{sql}: {described['Error']}")
