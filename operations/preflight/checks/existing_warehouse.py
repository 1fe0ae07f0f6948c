"""An existing cluster must be available, and let the environment in.

Sources: https://docs.aws.amazon.com/redshift/latest/dg/copy-usage_notes-access-permissions.html
(the role of COPY and UNLOAD must be attached to the cluster),
https://docs.aws.amazon.com/redshift/latest/APIReference/API_GetClusterCredentials.html (credentials
of a user that does not exist are returned, and the connection fails).
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from botocore.exceptions import ClientError

from operations.assembly import Resource
from operations.preflight.check import Account, Check, Result
from operations.preflight.existing_database import for_owner, group
from operations.stack_outputs import outputs_of

_SETTINGS = "stacks/environments.py"
_DENIED = frozenset({"AccessDenied", "AccessDeniedException"})
_ROLE = "LakeRole"
Found = dict[str, Any]


def _run(account: Account) -> Iterator[Result]:
    for wanted in account.needs.existing("AWS::Redshift::Cluster"):
        found = _described(account, wanted.logical_id)
        if found is None:
            remedy = f"correct warehouse.cluster in {_SETTINGS}, or the credentials of the shell"
            yield (
                wanted.logical_id,
                "fails",
                "the region of the account has no such cluster",
                remedy,
            )
            continue
        yield _cluster(wanted, found)
        for each in wanted.properties["SecurityGroupIds"]:
            yield group(account, each, wanted.properties["Port"])
        yield _role(account, wanted.logical_id, found)
        if found["ClusterStatus"] == "available":
            yield from map(partial(_schema, account), account.needs.existing("Redshift::Schema"))
            yield from map(partial(_user, account), account.needs.existing("Redshift::User"))


def _described(account: Account, cluster: str) -> Found | None:
    redshift = account.aws.clients("redshift")
    try:
        found: Found = redshift.describe_clusters(ClusterIdentifier=cluster)["Clusters"][0]
    except redshift.exceptions.ClusterNotFoundFault:
        return None
    return found


def _cluster(wanted: Resource, found: Found) -> Result:
    name, status = wanted.logical_id, found["ClusterStatus"]
    if status != "available":
        resume = f"aws redshift resume-cluster --cluster-identifier {name}"
        remedy = resume if status == "paused" else "wait until it is available"
        return name, "fails", f"its status is {status}", remedy
    port = found["Endpoint"]["Port"]
    if port != wanted.properties["Port"]:
        return name, "fails", f"its port is {port}", f"correct warehouse.port in {_SETTINGS}"
    return name, "ok", f"available, port {port}", ""


def _role(account: Account, cluster: str, found: Found) -> Result:
    attached = [each["IamRoleArn"] for each in found["IamRoles"]]
    command = f"aws redshift modify-cluster-iam-roles --cluster-identifier {cluster}"
    given = [each.logical_id for each in account.needs.existing("AWS::IAM::Role")]
    if given:
        matching = [arn for arn in attached if arn.partition(":role/")[2] == given[0]]
        text, remedy = "it is not attached", f"{command} --add-iam-roles ARN_OF_THE_ROLE"
        return (given[0], "ok", "attached", "") if matching else (given[0], "fails", text, remedy)
    created = _created_role(account)
    if created is None:
        remedy = f"after the deployment: {command} --add-iam-roles WarehouseRoleArn (an output)"
        return _ROLE, "note", "the deployment creates it", remedy
    if created in attached:
        return _ROLE, "ok", "attached", ""
    return _ROLE, "fails", "it is not attached", f"{command} --add-iam-roles {created}"


def _created_role(account: Account) -> str | None:
    """Return the ARN of the role that an earlier deployment created."""
    stack = f"{account.aws.prefix}warehouse"
    try:
        found = account.aws.clients("cloudformation").describe_stacks(StackName=stack)["Stacks"][0]
    except ClientError as error:
        if error.response["Error"]["Code"] != "ValidationError":
            raise
        return None
    return outputs_of(found).get("WarehouseRoleArn")


def _user(account: Account, user: Resource) -> Result:
    """Log in as the user of a pipeline."""
    refused = _login_error(account, user, user.logical_id)
    if refused:
        return user.logical_id, "fails", f"it cannot log in: {refused}", for_owner(user)
    return user.logical_id, "ok", f"logs in to {user.properties['Database']}", ""


def _schema(account: Account, schema: Resource) -> Result:
    """Log in as the owner of the schema of the environment, and look for the schema."""
    name, owner = schema.logical_id, schema.properties["User"]
    refused = _login_error(account, schema, owner)
    if refused:
        return name, "fails", f"{owner} cannot log in: {refused}", for_owner(schema)
    found = account.aws.clients("redshift-data").list_schemas(
        **_login(schema, owner), SchemaPattern=name
    )["Schemas"]
    if name not in found:
        return name, "fails", "the database has no such schema", for_owner(schema)
    return name, "ok", f"{owner} logs in", ""


def _login(wanted: Resource, user: str) -> dict[str, str]:
    where = {name: wanted.properties[name] for name in ("ClusterIdentifier", "Database")}
    return {**where, "DbUser": user}


def _login_error(account: Account, wanted: Resource, user: str) -> str:
    """Return why a user cannot log in, or nothing. Only the name of a table is read."""
    try:
        account.aws.clients("redshift-data").list_tables(**_login(wanted, user), MaxResults=1)
    except ClientError as error:
        if error.response["Error"]["Code"] in _DENIED:
            raise
        return str(error.response["Error"]["Message"])
    return ""


CHECK = Check("existing warehouse", _run)
