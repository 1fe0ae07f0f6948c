"""What an existing cluster, an existing workgroup and other databases need in common."""

from __future__ import annotations

from operations.assembly import Resource
from operations.preflight.check import Account, Result
from operations.preflight.network import described
from operations.preflight.security_groups import admits, admitting

_SETTINGS = "stacks/environments.py"


def group(
    account: Account, name: str, port: int, *, setting: str = "warehouse.security_group_id"
) -> Result:
    """Check that the security group of a database allows its port from the subnets of jobs.

    `setting` is the field of the environment with its ID.
    """
    found = described(account, "describe_security_groups", "SecurityGroups", "group-id", [name])
    if not found:
        remedy = f"correct {setting} in {_SETTINGS}"
        return name, "fails", "the region of the account has no such security group", remedy
    ids = [each.logical_id for each in account.needs.existing("AWS::EC2::Subnet")]
    for subnet in described(account, "describe_subnets", "Subnets", "subnet-id", ids):
        if not admits(found[0], subnet["CidrBlock"], port):
            text = f"it does not allow port {port} from {subnet['SubnetId']}"
            return name, "fails", text, admitting(name, subnet["CidrBlock"], port)
    return name, "ok", f"port {port} from the subnets", ""


def for_owner(wanted: Resource) -> str:
    """Return the remedy with the SQL that only the owner of the warehouse may run."""
    statements = "; ".join(wanted.properties["Statements"])
    return f"let the owner of the warehouse run in {wanted.properties['Database']}: {statements};"
