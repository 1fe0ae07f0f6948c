"""An existing workgroup must be available, and its namespace must have the role of the environment.

Source: https://docs.aws.amazon.com/redshift-serverless/latest/APIReference/API_UpdateNamespace.html
(`iamRoles` are all roles of the namespace).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from operations.assembly import Resource
from operations.preflight.check import Account, Check, Result
from operations.preflight.existing_database import for_owner, group

_SETTINGS = "stacks/environments.py"
Found = dict[str, Any]


def _run(account: Account) -> Iterator[Result]:
    for wanted in account.needs.existing("AWS::RedshiftServerless::Workgroup"):
        serverless, name = account.aws.clients("redshift-serverless"), wanted.logical_id
        try:
            found = serverless.get_workgroup(workgroupName=name)["workgroup"]
        except serverless.exceptions.ResourceNotFoundException:
            remedy = f"correct warehouse.workgroup in {_SETTINGS}, or the credentials of the shell"
            yield name, "fails", "the region of the account has no such workgroup", remedy
            continue
        yield _workgroup(wanted, found)
        for each in wanted.properties["SecurityGroupIds"]:
            yield group(account, each, wanted.properties["Port"])
        namespace = serverless.get_namespace(namespaceName=found["namespaceName"])["namespace"]
        for role in account.needs.existing("AWS::IAM::Role"):
            yield _role(role.logical_id, namespace)
        for kind in ("Redshift::Schema", "Redshift::User"):
            for each in account.needs.existing(kind):
                yield each.logical_id, "note", "known only to the owner", for_owner(each)


def _workgroup(wanted: Resource, found: Found) -> Result:
    name, properties = wanted.logical_id, wanted.properties
    if found["status"] != "AVAILABLE":
        return name, "fails", f"its status is {found['status']}", "wait until it is available"
    for field, stated, value in (
        ("workgroup_id", properties["WorkgroupId"], found["workgroupId"]),
        ("port", properties["Port"], found["port"]),
    ):
        if stated != value:
            remedy = f"correct warehouse.{field} in {_SETTINGS}"
            return name, "fails", f"its {field} is {value}", remedy
    return name, "ok", f"available, port {found['port']}", ""


def _role(role: str, namespace: Found) -> Result:
    """Look for the role. An entry is an ARN, or a text that contains the ARN and its status."""
    if any(f":role/{role}" in each for each in namespace.get("iamRoles", [])):
        return role, "ok", "attached", ""
    remedy = (
        f"let the owner add the role to all others of the namespace {namespace['namespaceName']}: "
        "update-namespace --iam-roles replaces the list"
    )
    return role, "fails", "it is not attached", remedy


CHECK = Check("existing workgroup", _run)
