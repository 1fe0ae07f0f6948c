"""A checked request to unload rows, as SQL."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

ARGUMENTS = {"query", "s3_uri", "execution_id", "format", "partition_by", "parallel"}
FORMATS = {
    "PARQUET": "FORMAT PARQUET",
    "CSV": "FORMAT CSV HEADER GZIP",
    "CSV_WITHOUT_HEADER": "FORMAT CSV GZIP",
}
VALUE = "value_"  # how the arguments that hold bound values begin, and the columns that they fill
BOUND = "bound_values"
# What stands for itself in SQL (literals, quoted names, comments, casts), and a parameter. What is
# not closed ends with the text: to look for its end again and again would take the square of it.
_PIECES = re.compile(
    r"'(?:[^'\\]|\\.?|'')*(?:'|\Z)|\"[^\"]*(?:\"|\Z)|(?<![\w$])\$(\w*)\$.*?(?:\$\1\$|\Z)"
    r"|--[^\n]*|/\*.*?(?:\*/|\Z)|::|:(?P<name>[A-Za-z]\w*)",
    re.DOTALL,
)


class ExtractionRefused(ValueError):
    """A request that must not be carried out; the message says what is allowed."""


@dataclass(frozen=True)
class Extraction:
    """A checked request; `s3_uri` is a prefix of the execution's own and ends with a slash."""

    query: str
    s3_uri: str
    values: dict[str, str]
    format: str
    partition_by: str
    parallel: str

    @classmethod
    def read(cls, arguments: dict[str, Any], lake_bucket: str) -> Extraction:
        """Check the arguments of a step; raises ExtractionRefused."""
        texts = {name: str(value) for name, value in arguments.items()}
        missing = sorted(ARGUMENTS - texts.keys())
        if missing:
            raise ExtractionRefused(
                f"the arguments lack {missing}: give all of {sorted(ARGUMENTS)}"
            )
        prefix = (
            rf"s3://{re.escape(lake_bucket)}/unload/[\w-]+/{re.escape(texts['execution_id'])}/\w+/"
        )
        _require(prefix, texts, "s3_uri", f"a prefix of execution {texts['execution_id']}")
        _require("|".join(FORMATS), texts, "format", " or ".join(FORMATS))
        _require(r"(?:[a-z_][a-z0-9_]*)?", texts, "partition_by", "a column's name or nothing")
        _require("ON|OFF", texts, "parallel", "ON or OFF")
        values = {name[len(VALUE) :]: v for name, v in texts.items() if name.startswith(VALUE)}
        for name in values:
            _require(r"[a-z][a-z0-9_]*", {"name": name}, "name", "a name in lower case")
        fixed = {name: texts[name] for name in ("query", "s3_uri", "format", "parallel")}
        return cls(**fixed, values=values, partition_by=texts["partition_by"])

    def statements(self, role_arn: str) -> list[str]:
        """SQL to be run in one session: the values into a temporary table, then the UNLOAD.

        Parameters do not reach into the quoted query of an UNLOAD, a table of the session does.
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
        columns = ", ".join(f"{VALUE}{name} VARCHAR(65535)" for name in self.values)
        parameters = ", ".join(f":{name}" for name in self.values)
        table = f"CREATE TEMPORARY TABLE {BOUND} ({columns})"
        return [table, f"INSERT INTO {BOUND} VALUES ({parameters})", unload]

    def _bound_query(self) -> str:
        """The query with every `:name` outside of literals and comments read from the table."""
        used: set[str] = set()

        def replace(piece: re.Match[str]) -> str:
            if piece["name"] is None:
                return piece[0]
            used.add(piece["name"])
            return f"(SELECT {VALUE}{piece['name']} FROM {BOUND})"

        query = _PIECES.sub(replace, self.query.strip().rstrip(";"))
        if used != set(self.values):
            raise ExtractionRefused(
                f"the query's parameters are {sorted(used)}, the values given are for "
                f"{sorted(self.values)}: give one value for each parameter and no other"
            )
        return query


def quoted(text: str) -> str:
    """A literal of Redshift, in which the backslash escapes: UNLOAD takes its query as one."""
    return "'" + text.replace("\\", "\\\\").replace("'", "''") + "'"


def _require(pattern: str, texts: dict[str, str], name: str, allowed: str) -> None:
    if not re.fullmatch(pattern, texts[name]):
        raise ExtractionRefused(f"{name} is {texts[name]!r}: allowed is {allowed}")
