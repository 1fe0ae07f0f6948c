"""A deployment must not delete an own resource because the environment names an existing one."""

from __future__ import annotations

from collections.abc import Iterator

from operations.preflight.check import Account, Check, Result
from operations.protection import deletion, remedy_of_deletion, resources_given_up


def _run(account: Account) -> Iterator[Result]:
    for each in resources_given_up(account.aws, account.needs):
        yield each.logical_id, "fails", deletion(each), remedy_of_deletion(account.aws, each)


CHECK = Check("own resources", _run)
