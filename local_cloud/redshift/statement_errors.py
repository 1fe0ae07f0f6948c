"""The errors of statements, with the messages of Redshift."""

from __future__ import annotations

import re

from local_cloud.errors import LocalCloudError

CANCELLED = "ERROR: Query cancelled on user's request"


class StatementFailed(LocalCloudError):
    """A statement failed. `message` is the error message of the database."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message

    @property
    def sqlstate(self) -> str:
        """The SQLSTATE code of the error, as in the SQL standard and PostgreSQL."""
        return next(
            (code for pattern, code in _STATES if re.search(pattern, self.message)), "XX000"
        )


# Pattern of a message -> SQLSTATE. The first matching pattern is used.
_STATES: tuple[tuple[str, str], ...] = (
    (
        r"syntax error|unterminated|cannot insert multiple commands|same number of columns"
        r"|only one column|specified more than once",
        "42601",
    ),
    (
        r"not supported|unsupported type|Not implemented|require a frame clause"
        r"|must be applied on at least",
        "0A000",
    ),
    (r"function .* does not exist|operator does not exist", "42883"),
    (r"column .* does not exist", "42703"),
    (r"(relation|[Tt]able|[Vv]iew) \".*\" does not exist|missing FROM-clause", "42P01"),
    (r"schema \".*\" does not exist", "3F000"),
    (r"database \".*\" does not exist", "3D000"),
    (r"type \".*\" does not exist|(user|role|group) \".*\" does not exist", "42704"),
    (r"Relation \".*\" already exists", "42P07"),
    (r"[Ss]chema \".*\" already exists", "42P06"),
    (r"already exists", "42710"),
    (r"window functions not allowed", "42P20"),
    (r"is ambiguous", "42702"),
    (r"must appear in the GROUP BY|may not have nested aggregate|not allowed", "42803"),
    (r"cannot cast type", "42846"),
    (r"is not in select list", "42P10"),
    (r"(LIMIT|OFFSET) must not be negative", "2201W"),
    (r"must be type boolean|cannot be matched", "42804"),
    (r"requires an OVER clause", "42809"),
    (r"operator is not unique", "42725"),
    (r"unrecognized configuration parameter", "42704"),
    (r"square root of a negative", "2201F"),
    (r"cannot take logarithm", "2201E"),
    (r"must be between|cannot exceed|must be at least", "22023"),
    (r"permission denied|must be owner", "42501"),
    (r"division by zero", "22012"),
    (
        r"out of range for type|(integer|smallint|bigint|numeric|precision|real) out of range",
        "22003",
    ),
    (r"overflow", "22003"),
    (r"date/time field", "22008"),
    (r"invalid input syntax for type (date|time)", "22007"),
    (r"invalid input syntax|not recognized", "22P02"),
    (r"value too long", "22001"),
    (r"invalid byte sequence|invalid ASCII character", "22021"),
    (r"Cannot insert a NULL value", "23502"),
    (r"negative substring length", "22011"),
    (r"stack depth limit", "54001"),
    (r"target lists can have at most", "54011"),
    (r"cannot run inside a transaction block", "25001"),
    (r"cancelled on user's request", "57014"),
)


def refused(what: str) -> StatementFailed:
    """Return the error for a feature of Redshift that the laptop cloud does not support."""
    return StatementFailed(f"ERROR: {what} is not supported by the laptop cloud's warehouse")
