"""What the server tells of its roles: what they are granted, and what they did and were denied."""

from __future__ import annotations

from typing import Any

from moto.cloudformation.models import cloudformation_backends

from local_cloud.authorization.call_record import CALL_RECORD
from local_cloud.authorization.iam_roles import role_policies, roles_of, trust_of
from local_cloud.authorization.policy import Policy
from local_cloud.context import ACCOUNT_ID

# The roles of the CDK's own stack are not the app's.
_TOOLKIT = "CDKToolkit/"


def report() -> dict[str, Any]:
    """The calls so far, the roles of deployed stacks, and what stacks have made.

    `resources` maps `stack/logical id` to the type, what Ref gives and what GetAtt gives.
    """
    resources = deployed_resources()
    role_names = {
        resource["Ref"]: name
        for name, resource in resources.items()
        if resource["Type"] == "AWS::IAM::Role" and not name.startswith(_TOOLKIT)
    }
    roles = [
        _role(role, role_names[role.name])
        for role in roles_of(ACCOUNT_ID)
        if role.name in role_names
    ]
    return {"calls": CALL_RECORD.documents(), "roles": roles, "resources": resources}


def deployed_resources() -> dict[str, dict[str, Any]]:
    """Every resource of every stack in every region, by `stack/logical id`."""
    return {
        f"{stack.name}/{logical_id}": {
            "Type": deployed.type,
            "Ref": deployed.resource.physical_resource_id,
            **deployed.resource.attributes,
        }
        for backend in list(cloudformation_backends[ACCOUNT_ID].values())
        for stack in list(backend.stacks.values())
        for logical_id, deployed in list(stack.resource_map.deployed.items())
    }


def _role(role: Any, role_names: str) -> dict[str, Any]:
    policies = [*role_policies(role), trust_of(role)]
    return {
        "arn": role.arn,
        "name": role_names,
        "statements": [s for policy in policies for s in _statements(policy)],
    }


def _statements(policy: Policy) -> list[dict[str, Any]]:
    return [
        {
            "name": statement.name,
            "allows": statement.allows,
            "actions": list(statement.actions),
            "resources": list(statement.resources),
        }
        for statement in policy.statements
    ]
