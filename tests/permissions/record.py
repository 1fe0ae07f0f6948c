"""Stores the calls of runs in calls/, one file for each environment.

The calls come from the reports of `local_cloud permissions --json --calls`. One call is stored for
each role, action and used grant.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from local_cloud.authorization.policy_patterns import matches
from tests.permissions.names import deployed_names
from tests.permissions.policies import call_of, deployed
from tests.permissions.templates import templates

CALLS = Path(__file__).with_name("calls")
_STABLE = (
    (re.compile(r"[0-9a-f]{64}"), "<hash>"),
    (re.compile(r"pipelines-[a-z0-9]{12}-([A-Za-z0-9-]*?)-[A-Za-z0-9]{10}\b"), r"pipelines-0-\1"),
    (re.compile(r"/execution/[a-z0-9]{12}"), "/execution/0"),
    (re.compile(r"((?:runs|kept|unload)/[a-z-]+/)[a-z0-9]{12}(?=/|$)"), r"\g<1>0"),
    (re.compile(r"(extracted/[a-z-]+/\w+/)[0-9a-f]{32}(?=/)"), r"\g<1>0"),
    (re.compile(r"AROA[A-Z0-9]+"), "AROA"),
    (re.compile(r"eni-[0-9a-f]+|[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}"), "0"),
)
_KEPT_KEYS = re.compile(
    r"aws:(source|secure|principalisaws|principalaccount|principaltag/writesmodels|userid)"
    r"|aws:(requesttag|resourcetag)"
    r"|iam:|kms:|s3:prefix|sagemaker:|sts:"
    r"|cloudwatch:|redshift|application-autoscaling:"
)


def record(environment: str, reports: Iterable[Mapping[str, Any]]) -> None:
    """Store the calls of these reports for a fixed environment."""
    lines = [json.dumps(call, sort_keys=True) for call in calls_of(environment, reports)]
    _file(environment).write_text("\n".join([*lines, ""]))


def calls_of(environment: str, reports: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the allowed calls of these reports, one for each use of a grant, sorted."""
    made = templates(environment)
    every = list(reports)
    # A stack that is missing in a later report is in an earlier report.
    resources = {place: given for report in every for place, given in report["resources"].items()}
    names = deployed_names(made, resources)
    calls = [_call(call, names) for report in every for call in report["calls"] if call["allowed"]]
    found = uses(environment, calls)
    return sorted(found.values(), key=lambda call: json.dumps(call, sort_keys=True))


def uses(
    environment: str, calls: Iterable[dict[str, Any]]
) -> dict[tuple[Any, ...], dict[str, Any]]:
    """Return the first call for each caller, action and set of grants that allow the call."""
    policies = deployed(templates(environment))
    found: dict[tuple[Any, ...], dict[str, Any]] = {}
    for call in calls:
        made_call = call_of(call)
        decision = policies.decide(made_call)
        if decision.allowed:
            names = tuple(statement.name for statement in decision.statements)
            where = _where(decision.statements, made_call)
            found.setdefault((call["role"] or call["service"], call["action"], names, where), call)
    return found


def recorded_calls(environment: str) -> list[dict[str, Any]]:
    """Read the stored calls of a fixed environment."""
    return [json.loads(line) for line in _file(environment).read_text().splitlines()]


def _file(environment: str) -> Path:
    return CALLS / f"{environment}.jsonl"


def _call(call: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    def stable(value: Any) -> Any:
        if isinstance(value, list):
            return [stable(item) for item in value]
        if not isinstance(value, str):
            return value
        for physical, own in names.items():
            value = value.replace(physical, own)
        for pattern, replacement in _STABLE:
            value = pattern.sub(replacement, value)
        return value

    context = {k: stable(v) for k, v in call["context"].items() if _KEPT_KEYS.match(k)}
    return {
        "role": stable(call["role"]).rpartition("role/")[2],
        "service": call["service"],
        "action": call["action"],
        "resource": stable(call["resource"]),
        "context": context,
    }


def _where(statements: Any, call: Any) -> tuple[str, ...]:
    return tuple(
        pattern
        for statement in statements
        for pattern in statement.resources
        if call.resource is not None and matches(pattern, call.resource, call.context)
    )
