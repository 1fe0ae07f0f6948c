"""Parsed policy documents. Determines the statements that apply to a call.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any
from urllib.parse import unquote

from local_cloud.authorization.policy_conditions import check_operators, holds
from local_cloud.authorization.policy_patterns import Context, matches

Document = Mapping[str, Any]
_NO_CONTEXT: Context = {}


@dataclass(frozen=True, eq=False)
class Statement:
    """One statement of a policy, identified by the policy's name and the index (from 0)."""

    policy: str
    index: int
    body: Mapping[str, Any]

    @property
    def allows(self) -> bool:
        """Whether the effect is Allow."""
        return bool(self.body["Effect"] == "Allow")

    @property
    def name(self) -> str:
        """`policy[index]`, with the Sid if the statement has one."""
        sid = self.body.get("Sid")
        return f"{self.policy}[{self.index}]" + (f" {sid}" if sid else "")

    @cached_property
    def actions(self) -> tuple[str, ...]:
        """The patterns of Action or NotAction."""
        return tuple(as_list(self.body.get("Action", self.body.get("NotAction", []))))

    @cached_property
    def resources(self) -> tuple[str, ...]:
        """The patterns of Resource or NotResource; empty in a trust policy."""
        return tuple(as_list(self.body.get("Resource", self.body.get("NotResource", []))))

    def applies(self, action: str, resource: str | None, context: Context) -> bool:
        """Return whether action, resource and conditions match the call.

        If `resource` is None (the ARN is unknown), every pattern matches the resource.
        """
        return (
            self._fits_action(action)
            and self._fits_resource(resource, context)
            and holds(self.body.get("Condition", {}), context)
        )

    def _fits_action(self, action: str) -> bool:
        found = any(
            matches(pattern, action, _NO_CONTEXT, exact_case=False) for pattern in self.actions
        )
        return found is not ("NotAction" in self.body)

    def _fits_resource(self, resource: str | None, context: Context) -> bool:
        if resource is None or not {"Resource", "NotResource"} & set(self.body):
            return True
        found = any(matches(pattern, resource, context) for pattern in self.resources)
        return found is not ("NotResource" in self.body)


@dataclass(frozen=True, eq=False)
class Policy:
    """A named policy document."""

    name: str
    statements: tuple[Statement, ...]


def read_policy(name: str, document: Document | str) -> Policy:
    """Parse a policy from its JSON text, which may be URL-encoded, or from a mapping.

    Raises:
        UnknownOperator: a condition has an operator that IAM does not have.
    """
    if isinstance(document, str):
        return _read_text(name, document)
    return _build_policy(name, document)


@lru_cache(maxsize=4096)
def _read_text(name: str, text: str) -> Policy:
    return _build_policy(name, json.loads(text if text.lstrip().startswith("{") else unquote(text)))


def _build_policy(name: str, document: Document) -> Policy:
    # AWS::NoValue in a list of a template is null here. CloudFormation on AWS removes such items.
    bodies = [body for body in as_list(document.get("Statement", [])) if body is not None]
    for body in bodies:
        check_operators(body.get("Condition", {}))
    return Policy(name, tuple(Statement(name, i, body) for i, body in enumerate(bodies)))


def as_list(value: Any) -> list[Any]:
    """Return a list. A single value becomes a list with one item."""
    return value if isinstance(value, list) else [value]
