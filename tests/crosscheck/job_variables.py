"""Finds the resources in the environment variables of jobs (standard library only)."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from local_cloud.definition_rules.document import Step, expressions_of

_LAKE = {"Get": "Environment.LakeBucket"}
# The environment variable with the namespace in which a job puts metrics.
NAMESPACE_VARIABLE = "METRIC_NAMESPACE"


def lake_prefixes(step: Step) -> Iterator[str]:
    """The prefixes of the lake in the job's variables, such as `captured/tickit/`.

    A variable contains a prefix as an S3 URI, joined from the bucket's name and constant texts.
    """
    for _, expression in expressions_of(step.arguments.get("Environment")):
        match expression.get("Std:Join"):
            case {"On": "/", "Values": ["s3:/", bucket, *words]} if bucket == _LAKE:
                fixed = words[: _first_variable(words)]
                if fixed:
                    yield "/".join([*fixed, ""])


def metric_namespaces(step: Step) -> Iterator[str]:
    """The CloudWatch namespaces in which the job puts metrics."""
    environment = step.arguments.get("Environment")
    if isinstance(environment, dict) and isinstance(environment.get(NAMESPACE_VARIABLE), str):
        yield environment[NAMESPACE_VARIABLE]


def by_role(
    find: Callable[[Step], Iterable[str]],
    steps: Iterable[Step],
    acting: Mapping[str, Iterable[str]],
) -> tuple[tuple[str, str], ...]:
    """Pairs of a role and a result of `find`; `acting` has the roles of each step."""
    found = {(role, each) for step in steps for each in find(step) for role in acting[step.name]}
    return tuple(sorted(found))


def _first_variable(words: list[Any]) -> int:
    return next((n for n, word in enumerate(words) if not isinstance(word, str)), len(words))
