"""The secrets of other databases must exist, and their security groups must admit the jobs.

Source: https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_DescribeSecret.html (a
deleted secret is described until its recovery window ends).
"""

from __future__ import annotations

from collections.abc import Iterator

from operations.assembly import Resource
from operations.preflight.check import Account, Check, Result
from operations.preflight.existing_database import group

_SETTINGS = "stacks/environments.py"


def _run(account: Account) -> Iterator[Result]:
    for wanted in account.needs.existing("Database::Secret"):
        yield _secret(account, wanted)
        name, properties = wanted.properties["Database"], wanted.properties
        if found := properties["SecurityGroupId"]:
            setting = f"security_group_id of the database {name}"
            yield group(account, found, properties["Port"], setting=setting)


def _secret(account: Account, wanted: Resource) -> Result:
    end, database = wanted.logical_id, wanted.properties["Database"]
    secrets, name = account.aws.clients("secretsmanager"), end.rpartition("-")[0]
    try:
        found = secrets.describe_secret(SecretId=name)
    except secrets.exceptions.ResourceNotFoundException:
        remedy = (
            f"aws secretsmanager create-secret --name {name} --secret-string file://login.json, "
            f"then write the end of its ARN to secret of the database {database} in {_SETTINGS}"
        )
        return end, "fails", "the region of the account has no such secret", remedy
    if "DeletedDate" in found:
        remedy = f"aws secretsmanager restore-secret --secret-id {name}"
        return end, "fails", "it is scheduled for deletion", remedy
    if not found["ARN"].endswith(f":secret:{end}"):
        actual = found["ARN"].partition(":secret:")[2]
        remedy = f"set secret of the database {database} to {actual} in {_SETTINGS}"
        return end, "fails", f"its ARN ends with {actual}", remedy
    key, stated = found.get("KmsKeyId", ""), wanted.properties["KmsKeyId"]
    if key and stated not in key.split("/") and "alias/aws/secretsmanager" not in key:
        remedy = f"set key_id of the database {database} to the ID of this key in {_SETTINGS}"
        return end, "fails", f"its key is {key}", remedy
    return end, "ok", "it exists; its content is not read", ""


CHECK = Check("databases", _run)
