"""The table of docs/security.md: what each role may write, read and start."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from local_cloud.authorization.policy import Statement
from tests.application.environments import FIXED
from tests.application.promotion import PROVIDING, RECEIVING
from tests.permissions.minimality import plain_role
from tests.permissions.policies import Deployed, deployed
from tests.permissions.templates import RECORDED, templates, templates_of
from tests.synthesis import synthesise

WRITES = ("s3:PutObject", "s3:DeleteObject", "s3:DeleteObjectVersion")
READS = ("s3:GetObject",)
# What a role may start: jobs, models, endpoints, executions, functions, statements and messages.
STARTS = re.compile(
    r"sagemaker:(Create(?!.*Tags).*|UpdateEndpoint|StartPipelineExecution|UpdateModelPackage)"
    r"|lambda:InvokeFunction|redshift-data:(Batch)?ExecuteStatement|sqs:SendMessage|sns:Publish"
)
_ENVIRONMENT = re.compile(r"redline-[a-z]+-")
_OBJECT = re.compile(r"arn:aws:s3:::<(?P<bucket>[^>]+)>/(?P<key>.*)")


def table() -> str:
    """Return Markdown: a row for each role of the fixed environments that can do one of the three.

    Roles with the same name in both environments have one row.
    """
    rows: dict[str, tuple[set[str], set[str], set[str]]] = {}
    for name in RECORDED:
        policies = deployed(templates(name))
        for role in policies.identity:
            found = rows.setdefault(_ENVIRONMENT.sub("", plain_role(role)), (set(), set(), set()))
            for column, more in zip(found, access_of(policies, role), strict=True):
                column |= more
    rows |= _promotion()
    lines = [_line(role, columns) for role, columns in sorted(rows.items()) if any(columns)]
    return "\n".join(["| role | writes | reads | starts |", "|---|---|---|---|", *lines])


def _promotion() -> dict[str, tuple[set[str], set[str], set[str]]]:
    """Return the rows of the roles that promote models, in the environments that have them."""
    return {
        f"demand-promotion, {each.name}": access_of(
            deployed(templates_of(synthesise(each, **FIXED))),
            f"redline-{each.name}-demand-promotion",
        )
        for each in (PROVIDING, RECEIVING)
    }


def access_of(policies: Deployed, role: str) -> tuple[set[str], set[str], set[str]]:
    """Return the keys in S3 that a role may write and read, and the actions that start work."""
    statements = [s for policy in policies.identity[role] for s in policy.statements if s.allows]
    return (
        set(_objects(statements, WRITES)),
        set(_objects(statements, READS)),
        {action for s in statements for action in s.actions if STARTS.fullmatch(action)},
    )


def _objects(statements: Iterable[Statement], actions: tuple[str, ...]) -> Iterator[str]:
    for statement in statements:
        if not set(actions) & set(statement.actions):
            continue
        for resource in statement.resources:
            if found := _OBJECT.fullmatch(resource):
                yield _shown(found["bucket"], found["key"])


def _shown(bucket: str, key: str) -> str:
    """A key of the lake; a key of another bucket with the logical id of that bucket."""
    name = plain_role(bucket).rpartition("/")[2]
    return key if name == "Lake" else f"{name}: {key}"


def _line(role: str, columns: tuple[set[str], ...]) -> str:
    cells = ["<br>".join(f"`{each}`" for each in sorted(column)) or "–" for column in columns]
    return f"| {role} | {' | '.join(cells)} |"
