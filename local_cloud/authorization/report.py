"""What the server tells of its roles: what they are granted, and what they did and were denied."""

from __future__ import annotations

from typing import Any

from moto.cloudformation.models import cloudformation_backends

from local_cloud.authorization.policy import Policy
from local_cloud.authorization.record import RECORD
from local_cloud.authorization.roles import role_policies, roles_of, trust_of
from local_cloud.context import ACCOUNT_ID

# The roles of the CDK's own stack are not the app's.
_TOOLKIT = "CDKToolkit/"


def report() -> dict[str, Any]:
    """The calls so far, the roles of deployed stacks, and what stacks have made.

    `resources` maps `stack/logical id` to the type, what Ref gives and what GetAtt gives.
    """
    resources = deployed_resources()
    made_by = {
        resource["Ref"]: name
        for name, resource in resources.items()
        if resource["Type"] == "AWS::IAM::Role" and not name.startswith(_TOOLKIT)
    }
    roles = [
        _role(role, made_by[role.name]) for role in roles_of(ACCOUNT_ID) if role.name in made_by
    ]
    return {"calls": RECORD.documents(), "roles": roles, "resources": resources}


def deployed_resources() -> dict[str, dict[str, Any]]:
    """Every resource of every stack in every region, by `stack/logical id`."""
    return {
        f"{stack.name}/{logical_id}": {
            "Type": made.type,
            "Ref": made.resource.physical_resource_id,
            **made.resource.attributes,
        }
        for backend in list(cloudformation_backends[ACCOUNT_ID].values())
        for stack in list(backend.stacks.values())
        for logical_id, made in list(stack.resource_map.made.items())
    }


def _role(role: Any, made_by: str) -> dict[str, Any]:
    policies = [*role_policies(role), trust_of(role)]
    return {
        "arn": role.arn,
        "name": made_by,
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
