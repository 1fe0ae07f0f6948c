"""The account of the shell's credentials must be the account of the environment."""

from __future__ import annotations

from collections.abc import Iterator

from operations.preflight.check import Account, Check, Result


def _run(account: Account) -> Iterator[Result]:
    environment = account.aws.environment
    caller = account.aws.clients("sts").get_caller_identity()
    found = f"{caller['Account']}, as {caller['Arn'].rpartition(':')[2]}"
    if environment.account in (None, caller["Account"]):
        yield environment.name, "ok", found, ""
        return
    remedy = (
        f"use credentials of {environment.account}, or change `account` in stacks/environments.py"
    )
    yield environment.name, "fails", found, remedy


CHECK = Check("account", _run)
