"""Binds values to a query through a temporary table.

The Data API does not bind parameters inside the quoted query of an UNLOAD, so the query reads the
values from the table, and they never become part of the SQL text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

VALUE_PREFIX = "value_"  # prefix of the arguments that hold values, and of their columns
VALUES_TABLE = "bound_values"
# Matches a parameter, or a part of SQL in which `:name` is not a parameter: a literal, a quoted
# name, a comment, a cast. A part that is not closed extends to the end of the text. Otherwise the
# search for its closing mark would be repeated at each position, in quadratic time.
_PARTS = re.compile(
    r"'(?:[^'\\]|\\.?|'')*(?:'|\Z)|\"[^\"]*(?:\"|\Z)|(?<![\w$])\$(\w*)\$.*?(?:\$\1\$|\Z)"
    r"|--[^\n]*|/\*.*?(?:\*/|\Z)|::|:(?P<name>[A-Za-z]\w*)",
    re.DOTALL,
)


class ArgumentRefused(ValueError):
    """An argument of a step is not valid; the message says what is expected."""


@dataclass(frozen=True)
class BoundQuery:
    """A query and the values of its parameters `:name`."""

    query: str
    values: Mapping[str, str]

    @classmethod
    def read(cls, texts: Mapping[str, str]) -> BoundQuery:
        """Return the query of the arguments of a step: `query`, and a `value_<name>` per parameter.

        Raises:
            ArgumentRefused: the name of a value is not valid.
        """
        values = {
            name.removeprefix(VALUE_PREFIX): value
            for name, value in texts.items()
            if name.startswith(VALUE_PREFIX)
        }
        for name in values:
            require(
                r"[a-z][a-z0-9_]*",
                {"name": name},
                "name",
                "a lower-case name of letters, digits and underscores",
            )
        return cls(texts["query"], values)

    @property
    def parameters(self) -> dict[str, list[dict[str, str]]]:
        """The member `Parameters` of a request with the `preparation`, if there are values."""
        values = [{"name": name, "value": value} for name, value in self.values.items()]
        return {"Parameters": values} if values else {}

    @property
    def preparation(self) -> list[str]:
        """The statements that write the values into the temporary table of the session."""
        if not self.values:
            return []
        columns = ", ".join(f"{VALUE_PREFIX}{name} VARCHAR(65535)" for name in self.values)
        parameters = ", ".join(f":{name}" for name in self.values)
        table = f"CREATE TEMPORARY TABLE {VALUES_TABLE} ({columns})"
        return [table, f"INSERT INTO {VALUES_TABLE} VALUES ({parameters})"]

    @property
    def text(self) -> str:
        """The query with each parameter replaced by a SELECT from the temporary table.

        Raises:
            ArgumentRefused: the values are not those of the parameters.
        """
        used: set[str] = set()

        def replace(part: re.Match[str]) -> str:
            if part["name"] is None:
                return part[0]
            used.add(part["name"])
            return f"(SELECT {VALUE_PREFIX}{part['name']} FROM {VALUES_TABLE})"

        query = _PARTS.sub(replace, self.query.strip().rstrip(";"))
        if used != set(self.values):
            raise ArgumentRefused(
                f"the query has the parameters {sorted(used)}, but there are values for "
                f"{sorted(self.values)}: pass one value for each parameter and no others"
            )
        return query


def require_all(names: set[str], texts: Mapping[str, str]) -> None:
    """Raise ArgumentRefused if an argument is missing."""
    missing = sorted(names - texts.keys())
    if missing:
        raise ArgumentRefused(f"the arguments {missing} are missing: expected {sorted(names)}")


def require(pattern: str, texts: Mapping[str, str], name: str, expected: str) -> None:
    """Raise ArgumentRefused if the argument `name` does not match the pattern."""
    if not re.fullmatch(pattern, texts[name]):
        raise ArgumentRefused(f"{name} is {texts[name]!r}, expected {expected}")
