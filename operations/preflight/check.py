"""A check of the account, its findings, and the list of all checks."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from botocore.exceptions import BotoCoreError, ClientError

from operations.assembly import Assembly
from operations.environment_clients import EnvironmentClients
from operations.preflight import checks

# "fails": a deployment would fail. "note": information that does not affect a deployment.
Status = Literal["ok", "fails", "not checked", "note"]
# Error codes of the laptop cloud's API gate for an unsupported operation.
_UNKNOWN_OPERATION = frozenset({"UnknownOperationException", "InvalidAction", "NotImplemented"})


@dataclass(frozen=True)
class Finding:
    """The result of a check for one subject. A finding that is not "ok" has a remedy."""

    check: str
    subject: str
    status: Status
    found: str
    remedy: str = ""


@dataclass(frozen=True)
class Account:
    """The account of the shell's credentials, and the needs of the environment."""

    aws: EnvironmentClients
    needs: Assembly


# subject, status, found, remedy
Result = tuple[str, Status, str, str]


@dataclass(frozen=True)
class Check:
    """A check. `run` yields its results; after an error of AWS, the result is "not checked"."""

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
    """Return the finding for an operation that is unsupported or not permitted."""
    details, operation = error.response["Error"], error.operation_name
    if details["Code"] in _UNKNOWN_OPERATION:
        remedy = "run preflight with the credentials of an AWS account"
        return Finding(check, operation, "not checked", details["Message"], remedy)
    remedy = f"allow the operation {operation} to the caller, then run preflight again"
    return Finding(
        check, operation, "not checked", f"{details['Code']}: {details['Message']}", remedy
    )
