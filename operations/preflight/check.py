"""A check of the account, its findings, and the list of all checks."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from botocore.exceptions import BotoCoreError, ClientError

from operations.environment_clients import EnvironmentClients
from operations.preflight import checks
from operations.preflight.assembly import Assembly

# "fails": a deployment would fail. "note": a fact that fails nothing.
Status = Literal["ok", "fails", "not checked", "note"]
# Error codes of a service that does not know the operation: those of the laptop cloud's API gate.
_UNKNOWN_OPERATION = frozenset({"UnknownOperationException", "InvalidAction", "NotImplemented"})


@dataclass(frozen=True)
class Finding:
    """What a check found about one subject. A finding that is not "ok" has a remedy."""

    check: str
    subject: str
    status: Status
    found: str
    remedy: str = ""


@dataclass(frozen=True)
class Account:
    """The account of the shell, and what the environment needs of it."""

    aws: EnvironmentClients
    needs: Assembly


# subject, status, found, remedy
Result = tuple[str, Status, str, str]


@dataclass(frozen=True)
class Check:
    """A check. `run` yields its results; an error of AWS ends it with "not checked"."""

    name: str
    run: Callable[[Account], Iterator[Result]]

    def findings(self, account: Account) -> Iterator[Finding]:
        """Run the check."""
        try:
            for subject, status, found, remedy in self.run(account):
                yield Finding(self.name, subject, status, found, remedy)
        except ClientError as error:
            yield _refused(self.name, error)
        except BotoCoreError as error:
            remedy = "check the network and the credentials, then run preflight again"
            yield Finding(self.name, "AWS", "not checked", str(error), remedy)


def all_checks() -> list[Check]:
    """Return the checks of all modules of `checks/`, by name of the module."""
    names = sorted(module.name for module in pkgutil.iter_modules(checks.__path__))
    return [importlib.import_module(f"{checks.__name__}.{name}").CHECK for name in names]


def _refused(check: str, error: ClientError) -> Finding:
    """The finding for an operation that is unknown here or that the caller may not call."""
    details, operation = error.response["Error"], error.operation_name
    if details["Code"] in _UNKNOWN_OPERATION:
        remedy = "run preflight with the credentials of an AWS account"
        return Finding(check, operation, "not checked", details["Message"], remedy)
    remedy = f"allow the operation {operation} to the caller, then run preflight again"
    return Finding(
        check, operation, "not checked", f"{details['Code']}: {details['Message']}", remedy
    )
