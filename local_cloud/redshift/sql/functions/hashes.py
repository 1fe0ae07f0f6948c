"""Hash functions."""

from __future__ import annotations

from sqlglot import exp

from local_cloud.redshift.redshift_types import INT4, INT8, varchar
from local_cloud.redshift.sql.functions.registry import Arguments, Function, Kind, scalar
from local_cloud.redshift.sql.templates import filled
from local_cloud.redshift.statement_errors import refused

TEXT, NUMBER, INTEGER = Kind.TEXT, Kind.NUMBER, Kind.INTEGER
_SEED = "-3750763034362895579"


def _checksum(arguments: Arguments) -> exp.Expr:
    """Translate CHECKSUM: the digits of a number without the decimal point."""
    of = arguments.types[0]
    scale = of.scale if of is not None and of.name == "numeric" else 0
    return filled(f"CAST({{0}} * {10**scale} AS INTEGER)", *arguments.nodes)


def _fnv(arguments: Arguments) -> exp.Expr:
    """Translate FNV_HASH (FNV-1a) of a text, or of an integer with the bytes of its type."""
    of = arguments.types[0]
    if of is None or of.is_text:
        data = "encode({0})"
    elif of.is_integer:
        data = f"redshift_little_endian(CAST({{0}} AS BIGINT), {of.length})"
    else:
        raise refused(f"fnv_hash() of {of.words}")
    seed = "{1}" if len(arguments.nodes) > 1 else _SEED
    return filled(f"redshift_fnv({data}, {seed})", *arguments.nodes)


FUNCTIONS: tuple[Function, ...] = (
    scalar("checksum", NUMBER, returns=INT4, sql=_checksum),
    scalar("fnv_hash", Kind.ANY, returns=INT8, sql=_fnv),
    scalar("fnv_hash", Kind.ANY, INTEGER, returns=INT8, sql=_fnv),
    scalar("md5", TEXT, returns=varchar(32), sql="md5({0})"),
    *(
        scalar(name, TEXT, returns=varchar(40), sql="sha1({0})")
        for name in ("sha", "sha1", "func_sha1")
    ),
    scalar("sha2", TEXT, INTEGER, returns=varchar(128), sql="redshift_sha2({0}, {1})"),
)
