"""A deployment must not change the definition of a protected pipeline."""

from __future__ import annotations

from collections.abc import Iterator

from operations.preflight.check import Account, Check, Result
from operations.protection import change, refused_changes


def _run(account: Account) -> Iterator[Result]:
    aws = account.aws
    for each in refused_changes(aws, account.needs):
        name = aws.short(each.partition(":")[0])
        found = "its definition would change, and its stack policy refuses that"
        yield name, "fails", found, f"if intended: {change(aws, name)}"


CHECK = Check("protected pipelines", _run)
