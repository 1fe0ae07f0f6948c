"""Validates the arguments of an extraction and builds its SQL statements."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from bound_query import BoundQuery, require, require_all

ARGUMENTS = {"query", "s3_uri", "execution_id", "format", "partition_by", "parallel"}
# Optional, as the definition of a running execution may be older than this function. OFF: a result
# without rows is not an error.
ROWS_REQUIRED = "rows_required"
# Optional. The location is that of all runs with this fingerprint of the rows.
FINGERPRINT = "fingerprint"
FORMATS = {
    "PARQUET": "FORMAT PARQUET",
    "CSV": "FORMAT CSV HEADER GZIP",
    "CSV_WITHOUT_HEADER": "FORMAT CSV GZIP",
}


@dataclass(frozen=True)
class Extraction:
    """A validated request.

    `s3_uri` is a prefix of the execution, or of the rows if it is `reusable`, and ends with `/`.
    """

    bound: BoundQuery
    s3_uri: str
    format: str
    partition_by: str
    parallel: str
    rows_required: bool = True
    reusable: bool = False

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
        fixed = {name: texts[name] for name in ("s3_uri", "format", "partition_by", "parallel")}
        return cls(
            **fixed,
            bound=BoundQuery.read(texts),
            rows_required=texts[ROWS_REQUIRED] == "ON",
            reusable=FINGERPRINT in texts,
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
        unload = (
            f"UNLOAD ({quoted(self.bound.text)}) TO {quoted(self.s3_uri)} "
            f"IAM_ROLE {quoted(role_arn)} "
            f"{FORMATS[self.format]} PARALLEL {self.parallel} MANIFEST VERBOSE ENCRYPTED AUTO "
            "CLEANPATH"
        )
        if self.partition_by:
            unload += f" PARTITION BY ({self.partition_by}) INCLUDE"
        return [*self.bound.preparation, unload]


def quoted(text: str) -> str:
    """Return a string literal of Redshift, in which a backslash is an escape character."""
    return "'" + text.replace("\\", "\\\\").replace("'", "''") + "'"
