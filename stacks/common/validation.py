"""The validation error of all settings. Its message contains the allowed values and the remedy."""

from __future__ import annotations

import re
from collections.abc import Collection


class ConfigurationError(ValueError):
    """An environment has an invalid value. The message contains the remedy."""


def refuse(name: str, value: object, *, allowed: str, remedy: str) -> ConfigurationError:
    """Return the error for an invalid `value` of `name`, with the allowed values and the remedy."""
    return ConfigurationError(f"{name} is {value!r}: allowed is {allowed}; {remedy}")


def require(holds: bool, name: str, value: object, *, allowed: str, remedy: str) -> None:
    if not holds:
        raise refuse(name, value, allowed=allowed, remedy=remedy)


def require_match(pattern: str, name: str, value: str, *, allowed: str, remedy: str) -> None:
    matches = isinstance(value, str) and re.fullmatch(pattern, value) is not None
    require(matches, name, value, allowed=allowed, remedy=remedy)


def require_one_of(allowed: Collection[str], name: str, value: str) -> None:
    choices = ", ".join(allowed)
    require(value in allowed, name, value, allowed=choices, remedy="name one of them")


def require_days(name: str, value: int, most: int) -> None:
    whole = isinstance(value, int) and not isinstance(value, bool)
    require(
        whole and 1 <= value <= most,
        name,
        value,
        allowed=f"a whole number of days from 1 to {most}",
        remedy="use a number in that range",
    )


def require_between(name: str, value: int, least: int, most: int) -> None:
    whole = isinstance(value, int) and not isinstance(value, bool)
    require(
        whole and least <= value <= most,
        name,
        value,
        allowed=f"a whole number from {least} to {most}",
        remedy="use a number in that range",
    )


def require_distinct(name: str, values: tuple[str, ...]) -> None:
    require(
        len(set(values)) == len(values),
        name,
        values,
        allowed="each value once",
        remedy="remove the repetition",
    )
