"""Checks the SQL parameters of a request, as AWS does."""

from __future__ import annotations

import re

from local_cloud.redshift.api.exceptions import ValidationError
from local_cloud.redshift.sql.dialect import placeholders, tokens
from local_cloud.redshift.statement_errors import StatementFailed

_NAME = re.compile(r"[0-9a-zA-Z_]+")


def bound_parameters(sqls: list[str], given: list[dict[str, str]]) -> dict[str, str]:
    """Return the values by name. Raises ValidationError for a value that no statement uses.

    `:name` in quotes is text, not a parameter. So the quoted query of an UNLOAD cannot have
    parameters, as on AWS.
    """
    values = {parameter["name"]: parameter["value"] for parameter in given}
    for name, value in values.items():
        _check(name, value)
    unused = sorted(values.keys() - _used(sqls)) if values else []
    if unused:
        raise ValidationError(
            f"Parameters list contains unused parameters. Unused parameters: [{', '.join(unused)}]"
        )
    return values


def _check(name: str, value: str) -> None:
    if not _NAME.fullmatch(name):
        raise ValidationError(f"Parameter name {name!r} must match [0-9a-zA-Z_]+")
    if not value:
        raise ValidationError(f"Parameter {name!r} has an empty value: its minimum length is 1")


def _used(sqls: list[str]) -> set[str]:
    used: set[str] = set()
    for sql in sqls:
        try:
            used |= placeholders(tokens(sql))
        except StatementFailed as error:
            raise ValidationError(error.message) from error
    return used
