"""VARBYTE functions."""

from __future__ import annotations

from sqlglot import exp

from local_cloud.redshift.redshift_types import INT4, LONGEST_VARCHAR, VARBYTE, varchar
from local_cloud.redshift.sql.functions.registry import Arguments, Function, Kind, scalar
from local_cloud.redshift.sql.node_types import quoted_text
from local_cloud.redshift.sql.templates import filled
from local_cloud.redshift.statement_errors import StatementFailed

BYTES, TEXT, INTEGER = Kind.BYTES, Kind.TEXT, Kind.INTEGER
_FROM = {
    "hex": "lower(hex({0}))",
    "binary": "CAST(CAST({0} AS BIT) AS TEXT)",
    "utf8": "decode({0})",
}
_TO = {
    "hex": "unhex(CASE WHEN length({0}) % 2 = 1 THEN '0' || {0} ELSE {0} END)",
    "binary": "CAST(CAST({0} AS BIT) AS BLOB)",
    "utf8": "encode({0})",
}


def _format(arguments: Arguments) -> str:
    written = quoted_text(arguments.nodes[1]) or ""
    name = written.lower().replace("utf-8", "utf8")
    if name not in _FROM:
        raise StatementFailed(f'ERROR: invalid encoding format "{written}"')
    return name


def _from_bytes(arguments: Arguments) -> exp.Expr:
    return filled(_FROM[_format(arguments)], arguments.nodes[0])


def _to_bytes(arguments: Arguments) -> exp.Expr:
    return filled(_TO[_format(arguments)], arguments.nodes[0])


FUNCTIONS: tuple[Function, ...] = (
    scalar("from_hex", TEXT, returns=VARBYTE, sql="unhex({0})"),
    scalar("from_varbyte", BYTES, Kind.CONSTANT, returns=LONGEST_VARCHAR, sql=_from_bytes),
    scalar(
        "getbit",
        *(BYTES, INTEGER),
        returns=INT4,
        sql="get_bit(CAST({0} AS BIT), CAST(octet_length({0}) * 8 - 1 - {1} AS INTEGER))",
    ),
    scalar("to_hex", INTEGER, returns=varchar(16), sql="lower(to_hex({0}))"),
    scalar("to_hex", BYTES, returns=LONGEST_VARCHAR, sql="lower(hex({0}))"),
    scalar("to_varbyte", TEXT, Kind.CONSTANT, returns=VARBYTE, sql=_to_bytes),
)
