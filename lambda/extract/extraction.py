"""Validates the arguments of an extraction and builds its SQL statements."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from bound_query import BoundQuery, require, require_all
from day_query import UNLOADED_DAY, DayQuery, Span

ARGUMENTS = {"query", "s3_uri", "execution_id", "format", "partition_by", "parallel"}
# Optional, as the definition of a running execution may be older than this function. OFF: a result
# without rows is not an error.
ROWS_REQUIRED = "rows_required"
# Optional. The location is that of all runs with this fingerprint of the rows.
FINGERPRINT = "fingerprint"
# Of an incremental extraction: where its days are kept, and whether kept days are used.
KEPT_URI, KEPT_DAYS = "kept_uri", "kept_days"
USE, RENEW = "use", "renew"
FORMATS = {
    "PARQUET": "FORMAT PARQUET",
    "CSV": "FORMAT CSV HEADER GZIP",
    "CSV_WITHOUT_HEADER": "FORMAT CSV GZIP",
}


@dataclass(frozen=True)
class Extraction:
    """A validated request.

    `s3_uri` is a prefix of the execution, or of the rows if it is `reusable`, and ends with `/`.
    `days` is None unless the extraction is incremental; then `kept_uri` is the prefix of its days,
    and `renewed` says that no kept day of the period is used.
    """

    bound: BoundQuery
    s3_uri: str
    format: str
    partition_by: str
    parallel: str
    rows_required: bool = True
    reusable: bool = False
    days: DayQuery | None = None
    kept_uri: str = ""
    renewed: bool = False

    @property
    def has_header(self) -> bool:
        """Whether each file begins with a line of column names."""
        return " HEADER" in FORMATS[self.format]

    @classmethod
    def read(cls, arguments: dict[str, Any], lake_bucket: str) -> Extraction:
        """Validate the arguments of a step.

        Raises:
            ArgumentRefused: an argument is missing or not valid.
        """
        texts = {name: str(value) for name, value in arguments.items()}
        require_all(ARGUMENTS, texts)
        owner = "fingerprint" if FINGERPRINT in texts else "execution"
        owner_id = texts.get(FINGERPRINT, texts["execution_id"])
        prefix = rf"s3://{re.escape(lake_bucket)}/unload/[\w-]+/{re.escape(owner_id)}/\w+/"
        require(prefix, texts, "s3_uri", f"a prefix of {owner} {owner_id}")
        require("|".join(FORMATS), texts, "format", " or ".join(FORMATS))
        require(
            r"(?:[a-z_][a-z0-9_]*)?", texts, "partition_by", "a column name, or an empty string"
        )
        require("ON|OFF", texts, "parallel", "ON or OFF")
        texts.setdefault(ROWS_REQUIRED, "ON")
        require("ON|OFF", texts, ROWS_REQUIRED, "ON or OFF")
        days = DayQuery.read(texts)
        if days:
            _require_kept(texts, lake_bucket)
        fixed = {name: texts[name] for name in ("s3_uri", "format", "partition_by", "parallel")}
        return cls(
            **fixed,
            bound=BoundQuery.read(texts),
            rows_required=texts[ROWS_REQUIRED] == "ON",
            reusable=FINGERPRINT in texts and days is None,
            days=days,
            kept_uri=texts.get(KEPT_URI, ""),
            renewed=texts.get(KEPT_DAYS) == RENEW,
        )

    @property
    def manifest_uri(self) -> str:
        """The manifest for SageMaker, beside the files: SageMaker would read one among them."""
        return f"{self.s3_uri.rstrip('/')}.manifest"

    def statements(self, role_arn: str) -> list[str]:
        """Return the SQL statements of one session: the values into a temporary table, the UNLOAD.

        Raises:
            ArgumentRefused: the values are not those of the query's parameters.
        """
        text = self.days.rows_of([self.days.period]) if self.days else self.bound.text
        unload = f"{self._unload(text, self.s3_uri, role_arn)} CLEANPATH"
        if self.partition_by:
            unload += f" PARTITION BY ({self.partition_by}) INCLUDE"
        return [*self.bound.preparation, unload]

    def statements_of_days(
        self, days: DayQuery, spans: list[Span], s3_uri: str, role_arn: str
    ) -> list[str]:
        """Return the statements that unload some days to an empty location, a folder for each.

        Without CLEANPATH and ALLOWOVERWRITE, UNLOAD overwrites nothing
        (https://docs.aws.amazon.com/redshift/latest/dg/r_UNLOAD.html).
        """
        unload = self._unload(days.divisible_rows_of(spans), s3_uri, role_arn)
        return [*self.bound.preparation, f"{unload} PARTITION BY ({UNLOADED_DAY})"]

    def _unload(self, query: str, s3_uri: str, role_arn: str) -> str:
        return (
            f"UNLOAD ({quoted(query)}) TO {quoted(s3_uri)} IAM_ROLE {quoted(role_arn)} "
            f"{FORMATS[self.format]} PARALLEL {self.parallel} MANIFEST VERBOSE ENCRYPTED AUTO"
        )


def _require_kept(texts: dict[str, str], lake_bucket: str) -> None:
    require_all({KEPT_URI, KEPT_DAYS}, texts)
    prefix = rf"s3://{re.escape(lake_bucket)}/extracted/[\w-]+/\w+/"
    require(prefix, texts, KEPT_URI, f"s3://{lake_bucket}/extracted/<pipeline>/<step>/")
    require(f"{USE}|{RENEW}", texts, KEPT_DAYS, f"{USE} or {RENEW}")
    require("", texts, "partition_by", "an empty string, as the files are divided by day")


def quoted(text: str) -> str:
    """Return a string literal of Redshift, in which a backslash is an escape character."""
    return "'" + text.replace("\\", "\\\\").replace("'", "''") + "'"
