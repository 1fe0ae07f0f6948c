"""Policy documents, read once: which of their statements have a say in a call.

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
    """One statement of a policy; `policy` and `index` (from 0) tell which."""

    policy: str
    index: int
    body: Mapping[str, Any]

    @property
    def allows(self) -> bool:
        """Whether its effect is Allow."""
        return bool(self.body["Effect"] == "Allow")

    @property
    def name(self) -> str:
        """`policy[index]`, with its Sid if it has one."""
        sid = self.body.get("Sid")
        return f"{self.policy}[{self.index}]" + (f" {sid}" if sid else "")

    @cached_property
    def actions(self) -> tuple[str, ...]:
        """The patterns of Action or NotAction."""
        return tuple(as_list(self.body.get("Action", self.body.get("NotAction", []))))

    @cached_property
    def resources(self) -> tuple[str, ...]:
        """The patterns of Resource or NotResource; a trust policy has none."""
        return tuple(as_list(self.body.get("Resource", self.body.get("NotResource", []))))

    def applies(self, action: str, resource: str | None, context: Context) -> bool:
        """Whether action, resource and conditions fit.

        A resource of None stands for one that is not known here: any that is named will do.
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
    """A policy of its JSON text (which may be URL-encoded) or of its members.

    Raises:
        UnknownOperator: a condition has an operator that IAM does not know.
    """
    if isinstance(document, str):
        return _read_text(name, document)
    return _build_policy(name, document)


@lru_cache(maxsize=4096)
def _read_text(name: str, text: str) -> Policy:
    return _build_policy(name, json.loads(text if text.lstrip().startswith("{") else unquote(text)))


def _build_policy(name: str, document: Document) -> Policy:
    # A template's AWS::NoValue in a list arrives as null; AWS drops it before it gets here.
    bodies = [body for body in as_list(document.get("Statement", [])) if body is not None]
    for body in bodies:
        check_operators(body.get("Condition", {}))
    return Policy(name, tuple(Statement(name, i, body) for i, body in enumerate(bodies)))


def as_list(value: Any) -> list[Any]:
    """A list; what stands alone is a list of one."""
    return value if isinstance(value, list) else [value]
