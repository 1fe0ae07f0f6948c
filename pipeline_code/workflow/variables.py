"""Values that are unknown during compilation: known at synthesis, or when the definition runs.

Each value has the `access` that is needed to use it: a job with an S3 URI in its inputs may read
below this URI, a job with the environment's key may decrypt with the key. So the permissions of a
job follow from its request.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sagemaker.core.helper.pipeline_variable import PipelineVariable
from sagemaker.core.workflow.functions import Join

from pipeline_code.compiler.manifest import NOTHING, Access, merged
from pipeline_code.compiler.placeholders import DIGEST, ENVIRONMENT, TEXT


class _Placeholder(PipelineVariable):  # type: ignore[misc]  # the SDK publishes no types
    """A value that is a placeholder in the compiled definition."""

    root: str

    def __init__(self, name: str) -> None:
        self.name = name

    @property
    def expr(self) -> dict[str, str]:
        return {"Get": f"{self.root}.{self.name}"}

    @property
    def _referenced_steps(self) -> list[Any]:
        return []


class Environment(_Placeholder):
    """A text that differs between environments. In the deployed definition it is a literal.

    The pipeline's stack sets it (stacks/pipeline/environment_values.py).
    """

    root = ENVIRONMENT

    def __init__(self, name: str, access: Access = NOTHING) -> None:
        super().__init__(name)
        self.access = access


class FileText(_Placeholder):
    """The text of a file in the pipeline's folder. A changed file requires no new compilation."""

    root = TEXT


class FileDigest(_Placeholder):
    """The SHA-256 of a `FileText`, in hexadecimal."""

    root = DIGEST


class MetricNamespace(str):
    """A CloudWatch namespace. A job with this value may put metrics in it."""

    @property
    def access(self) -> Access:
        return Access(namespaces=(str(self),))


class Value(PipelineVariable):  # type: ignore[misc]
    """A variable of the SDK, with the access that is needed to use it."""

    def __init__(self, variable: PipelineVariable, access: Access) -> None:
        self.variable, self.access = variable, access

    @property
    def expr(self) -> Any:
        return self.variable.expr

    @property
    def _referenced_steps(self) -> list[Any]:
        return list(self.variable._referenced_steps)


class Uri(Value):
    """An S3 URI. A job with this value may read below it. `uri / "a.json"` is a file below it."""

    def __truediv__(self, file: str) -> Uri:
        return Uri(Join(on="/", values=[self.variable, file]), self.access)


def access_of(value: Any) -> Access:
    """Return the access that `value` (a request, or a part of a request) needs."""
    return merged(_accesses(value))


def _accesses(value: Any) -> Iterator[Access]:
    access = getattr(value, "access", None)
    if isinstance(access, Access):
        yield access
    items: list[Any] = []
    if isinstance(value, dict):
        items = list(value.values())
    elif isinstance(value, (list, tuple)):
        items = list(value)
    elif isinstance(value, Join):
        items = list(value.values)
    for item in items:
        yield from _accesses(item)
