"""Functions must contain the service models that the SDK in Lambda may not have.

AWS publishes no version of the SDK in the runtimes, and no API returns it:
https://docs.aws.amazon.com/lambda/latest/dg/python-package.html
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from operations.assembly import Resource
from operations.preflight.check import Account, Check, Result


@dataclass(frozen=True)
class RecentMember:
    """A member of a request that an SDK from before April 2026 does not support."""

    service: str
    call: str
    member: str


# Added in a version of botocore between 1.42.63 and 1.42.97.
_RECENT = (RecentMember("redshift-data", "batch_execute_statement", "Parameters"),)
_REMEDY = "give the function the model of the service: `service_models=…` of PythonFunction"


def _run(account: Account) -> Iterator[Result]:
    for function in account.needs.resources("AWS::Lambda::Function"):
        yield from _results(function, account.needs.code_of(function), account.aws.name)


def _results(function: Resource, folder: Path, environment: str) -> Iterator[Result]:
    code = "\n".join(path.read_text(encoding="utf-8") for path in folder.rglob("*.py"))
    subject = f"{function.stack}/{function.logical_id}"
    if not code:
        remedy = f"run `make synth ENV={environment}`"
        yield subject, "not checked", f"{folder} has no Python code", remedy
    for recent in _RECENT:
        if recent.call not in code or f'"{recent.member}"' not in code:
            continue
        if any(folder.glob(f"*/{recent.service}/*/service-2.json*")):
            yield subject, "ok", f"brings the model of {recent.service}", ""
        else:
            runtime = function.properties["Runtime"]
            found = f"sends {recent.member} of {recent.call} with the SDK of {runtime}"
            yield subject, "not checked", f"{found}, whose version is not published", _REMEDY


CHECK = Check("Lambda's SDK", _run)
