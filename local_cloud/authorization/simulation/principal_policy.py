"""Simulates the policies of a role. Source: the operation SimulatePrincipalPolicy of the API."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from local_cloud.authorization.decision import Call, Policies, decide
from local_cloud.authorization.iam_roles import boundary_of, role_named, role_policies
from local_cloud.authorization.principals import Caller

# Without ResourceArns, the operation simulates all resources.
_ALL = ("*",)


def simulate(
    role_arn: str, actions: Sequence[str], resources: Sequence[str] = _ALL
) -> Iterator[Mapping[str, Any]]:
    """Yield an EvaluationResult for each action and resource. Raises KeyError for no such role."""
    account, name = role_arn.split(":")[4], role_arn.rpartition("/")[2]
    role = role_named(name, account)
    if role is None:
        raise KeyError(role_arn)
    caller = Caller(account=account, role=role_arn)
    policies = Policies(identity=role_policies(role), boundary=boundary_of(role))
    for action in actions:
        for resource in resources:
            yield _result(Call(caller, action, resource), policies)


def _result(call: Call, policies: Policies) -> Mapping[str, Any]:
    decision = decide(call, policies)
    denied = "explicitDeny" if decision.statements else "implicitDeny"
    return {
        "EvalActionName": call.action,
        "EvalResourceName": call.resource,
        "EvalDecision": "allowed" if decision.allowed else denied,
        "MatchedStatements": [],
        "MissingContextValues": [],
    }
