"""The server's report on the roles: their grants, and their allowed and denied calls."""

from __future__ import annotations

from typing import Any

from moto.cloudformation.models import cloudformation_backends

from local_cloud.authorization.call_record import CALL_RECORD
from local_cloud.authorization.iam_roles import role_policies, roles_of, trust_of
from local_cloud.authorization.policy import Policy
from local_cloud.context import ACCOUNT_ID

# The roles of the bootstrap stack belong to the CDK, not to the app.
_TOOLKIT = "CDKToolkit/"


def report() -> dict[str, Any]:
    """Return the calls so far, and the roles and resources of the deployed stacks.

    `resources` maps `stack/logical id` to the type and the return values of Ref and GetAtt.
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
    """Return the resources of all stacks in all regions by `stack/logical id`."""
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
