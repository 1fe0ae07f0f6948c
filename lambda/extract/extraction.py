"""Validates the arguments of an extraction and builds its SQL statements."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

ARGUMENTS = {"query", "s3_uri", "execution_id", "format", "partition_by", "parallel"}
# Optional, as the definition of a running execution may be older than this function. OFF: a result
# without rows is not an error.
ROWS_REQUIRED = "rows_required"
FORMATS = {
    "PARQUET": "FORMAT PARQUET",
    "CSV": "FORMAT CSV HEADER GZIP",
    "CSV_WITHOUT_HEADER": "FORMAT CSV GZIP",
}
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


class ExtractionRefused(ValueError):
    """An argument is not valid; the message says what is expected."""


@dataclass(frozen=True)
class Extraction:
    """A validated request. `s3_uri` is a prefix of the execution and ends with `/`."""

    query: str
    s3_uri: str
    values: dict[str, str]
    format: str
    partition_by: str
    parallel: str
    rows_required: bool = True

    @property
    def has_header(self) -> bool:
        """Whether each file begins with a line of column names."""
        return " HEADER" in FORMATS[self.format]

    @classmethod
    def read(cls, arguments: dict[str, Any], lake_bucket: str) -> Extraction:
        """Validate the arguments of a step.

        Raises:
            ExtractionRefused: an argument is missing or not valid.
        """
        texts = {name: str(value) for name, value in arguments.items()}
        missing = sorted(ARGUMENTS - texts.keys())
        if missing:
            raise ExtractionRefused(
                f"the arguments {missing} are missing: expected {sorted(ARGUMENTS)}"
            )
        prefix = (
            rf"s3://{re.escape(lake_bucket)}/unload/[\w-]+/{re.escape(texts['execution_id'])}/\w+/"
        )
        _require(prefix, texts, "s3_uri", f"a prefix of execution {texts['execution_id']}")
        _require("|".join(FORMATS), texts, "format", " or ".join(FORMATS))
        _require(
            r"(?:[a-z_][a-z0-9_]*)?", texts, "partition_by", "a column name, or an empty string"
        )
        _require("ON|OFF", texts, "parallel", "ON or OFF")
        texts.setdefault(ROWS_REQUIRED, "ON")
        _require("ON|OFF", texts, ROWS_REQUIRED, "ON or OFF")
        values = {
            name.removeprefix(VALUE_PREFIX): value
            for name, value in texts.items()
            if name.startswith(VALUE_PREFIX)
        }
        for name in values:
            _require(
                r"[a-z][a-z0-9_]*",
                {"name": name},
                "name",
                "a lower-case name of letters, digits and underscores",
            )
        fixed = {name: texts[name] for name in ("query", "s3_uri", "format", "parallel")}
        return cls(
            **fixed,
            values=values,
            partition_by=texts["partition_by"],
            rows_required=texts[ROWS_REQUIRED] == "ON",
        )

    def statements(self, role_arn: str) -> list[str]:
        """Return the SQL statements of one session: the values into a temporary table, the UNLOAD.

        The Data API does not bind parameters inside the quoted query of an UNLOAD, so the query
        reads the values from the temporary table.
        """
        query = self._bound_query()
        unload = (
            f"UNLOAD ({quoted(query)}) TO {quoted(self.s3_uri)} IAM_ROLE {quoted(role_arn)} "
            f"{FORMATS[self.format]} PARALLEL {self.parallel} MANIFEST VERBOSE ENCRYPTED AUTO "
            "CLEANPATH"
        )
        if self.partition_by:
            unload += f" PARTITION BY ({self.partition_by}) INCLUDE"
        if not self.values:
            return [unload]
        columns = ", ".join(f"{VALUE_PREFIX}{name} VARCHAR(65535)" for name in self.values)
        parameters = ", ".join(f":{name}" for name in self.values)
        table = f"CREATE TEMPORARY TABLE {VALUES_TABLE} ({columns})"
        return [table, f"INSERT INTO {VALUES_TABLE} VALUES ({parameters})", unload]

    def _bound_query(self) -> str:
        """Return the query with each parameter replaced by a SELECT from the temporary table."""
        used: set[str] = set()

        def replace(part: re.Match[str]) -> str:
            if part["name"] is None:
                return part[0]
            used.add(part["name"])
            return f"(SELECT {VALUE_PREFIX}{part['name']} FROM {VALUES_TABLE})"

        query = _PARTS.sub(replace, self.query.strip().rstrip(";"))
        if used != set(self.values):
            raise ExtractionRefused(
                f"the query has the parameters {sorted(used)}, but there are values for "
                f"{sorted(self.values)}: pass one value for each parameter and no others"
            )
        return query


def quoted(text: str) -> str:
    """Return a string literal of Redshift, in which a backslash is an escape character."""
    return "'" + text.replace("\\", "\\\\").replace("'", "''") + "'"


def _require(pattern: str, texts: dict[str, str], name: str, expected: str) -> None:
    if not re.fullmatch(pattern, texts[name]):
        raise ExtractionRefused(f"{name} is {texts[name]!r}, expected {expected}")
