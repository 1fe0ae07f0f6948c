"""String functions."""

from __future__ import annotations

from local_cloud.redshift.redshift_types import INT4, INT8, VARBYTE, VARCHAR, RedshiftType, varchar
from local_cloud.redshift.sql.functions.registry import Function, Kind, Types, renamed, scalar

TEXT, INTEGER, BYTES = Kind.TEXT, Kind.INTEGER, Kind.BYTES


def _text(types: Types) -> RedshiftType | None:
    """Return the type of the first argument if it is text, else VARCHAR."""
    return types[0] if types[0] is not None and types[0].is_text else VARCHAR


def _varchar(types: Types) -> RedshiftType | None:
    first = types[0]
    return varchar(first.precision) if first is not None and first.is_text else VARCHAR


_LONGEST = varchar(65535)
_POSITION = "CAST(strpos({%d}, {%d}) AS INTEGER)"
_START = "CASE WHEN {1} < 1 THEN 1 ELSE {1} END"
_LENGTH = (
    "CASE WHEN {2} < 0 THEN CAST(error('negative substring length not allowed') AS INTEGER) "
    "WHEN {1} < 1 THEN greatest({2} + {1} - 1, 0) ELSE {2} END"
)
_IDENTIFIER = "CASE WHEN regexp_full_match({0}, '[a-z_][a-z0-9_]*') THEN {0} ELSE "

_BASE: tuple[Function, ...] = (
    scalar("ascii", TEXT, returns=INT4, sql="ascii({0})"),
    scalar(
        "bpcharcmp",
        *(TEXT, TEXT),
        returns=INT4,
        sql="CAST(rtrim({0}, ' ') > rtrim({1}, ' ') AS INTEGER) "
        "- CAST(rtrim({0}, ' ') < rtrim({1}, ' ') AS INTEGER)",
    ),
    scalar("btrim", TEXT, returns=_varchar, sql="trim({0}, ' ')"),
    scalar("btrim", TEXT, TEXT, returns=_varchar, sql="trim({0}, {1})"),
    scalar("chr", INTEGER, returns=varchar(4), sql="chr({0})"),
    scalar("concat", TEXT, TEXT, returns=_LONGEST, sql="({0} || {1})"),
    scalar("concat", BYTES, BYTES, returns=VARBYTE, sql="({0} || {1})"),
    scalar("crc32", TEXT, returns=varchar(8), sql="redshift_crc32({0})"),
    scalar("difference", TEXT, TEXT, returns=INT4, sql="redshift_difference({0}, {1})"),
    scalar("initcap", TEXT, returns=_varchar, sql="redshift_initcap({0})"),
    scalar("left", TEXT, INTEGER, returns=_varchar, sql="left({0}, {1})"),
    scalar("right", TEXT, INTEGER, returns=_varchar, sql="right({0}, {1})"),
    scalar("len", TEXT, returns=INT4, sql="CAST(length({0}) AS INTEGER)"),
    scalar("len", BYTES, returns=INT4, sql="CAST(octet_length({0}) AS INTEGER)"),
    scalar("lower", TEXT, returns=_text, sql="lower({0})"),
    scalar("upper", TEXT, returns=_text, sql="upper({0})"),
    scalar("lpad", TEXT, INTEGER, returns=_LONGEST, sql="lpad({0}, {1}, ' ')"),
    scalar("lpad", TEXT, INTEGER, TEXT, returns=_LONGEST, sql="lpad({0}, {1}, {2})"),
    scalar("rpad", TEXT, INTEGER, returns=_LONGEST, sql="rpad({0}, {1}, ' ')"),
    scalar("rpad", TEXT, INTEGER, TEXT, returns=_LONGEST, sql="rpad({0}, {1}, {2})"),
    scalar("ltrim", TEXT, returns=_text, sql="ltrim({0}, ' ')"),
    scalar("ltrim", TEXT, TEXT, returns=_text, sql="ltrim({0}, {1})"),
    scalar("rtrim", TEXT, returns=_text, sql="rtrim({0}, ' ')"),
    scalar("rtrim", TEXT, TEXT, returns=_text, sql="rtrim({0}, {1})"),
    scalar(
        "octetindex",
        *(TEXT, TEXT),
        returns=INT4,
        sql="CASE WHEN strpos({1}, {0}) = 0 THEN 0 "
        "ELSE CAST(strlen(left({1}, strpos({1}, {0}) - 1)) + 1 AS INTEGER) END",
    ),
    scalar("octet_length", TEXT, returns=INT4, sql="CAST(strlen({0}) AS INTEGER)"),
    scalar("octet_length", BYTES, returns=INT4, sql="CAST(octet_length({0}) AS INTEGER)"),
    # POSITION(needle IN text)
    scalar("position", TEXT, TEXT, returns=INT4, sql=_POSITION % (1, 0)),
    scalar("charindex", TEXT, TEXT, returns=INT4, sql=_POSITION % (1, 0)),
    scalar("strpos", TEXT, TEXT, returns=INT4, sql=_POSITION % (0, 1)),
    scalar(
        "quote_ident",
        TEXT,
        returns=_LONGEST,
        sql=_IDENTIFIER + "'\"' || replace({0}, '\"', '\"\"') || '\"' END",
    ),
    scalar(
        "quote_literal",
        TEXT,
        returns=_LONGEST,
        sql="'''' || replace(replace({0}, '\\', '\\\\'), '''', '''''') || ''''",
    ),
    scalar(
        "repeat",
        *(TEXT, INTEGER),
        returns=_LONGEST,
        sql="CASE WHEN strlen({0}) * CAST({1} AS BIGINT) > 65535 "
        "THEN error('value too long for type character varying(65535)') "
        "ELSE repeat({0}, {1}) END",
    ),
    scalar("replace", TEXT, TEXT, TEXT, returns=_LONGEST, sql="replace({0}, {1}, {2})"),
    scalar("reverse", TEXT, returns=_varchar, sql="reverse({0})"),
    scalar("soundex", TEXT, returns=varchar(4), sql="redshift_soundex({0})"),
    scalar(
        "split_part",
        *(TEXT, TEXT, INTEGER),
        returns=_text,
        sql="CASE WHEN {2} < 1 THEN error('field position must be greater than zero') "
        "ELSE split_part({0}, {1}, {2}) END",
    ),
    scalar("strtol", TEXT, INTEGER, returns=INT8, sql="redshift_strtol({0}, {1})"),
    scalar("substring", TEXT, INTEGER, returns=_varchar, sql=f"substring({{0}}, {_START})"),
    scalar(
        "substring",
        *(TEXT, INTEGER, INTEGER),
        returns=_varchar,
        sql=f"substring({{0}}, {_START}, {_LENGTH})",
    ),
    scalar(
        "substring",
        *(BYTES, INTEGER),
        returns=VARBYTE,
        sql=f"array_slice({{0}}, {_START}, octet_length({{0}}))",
    ),
    scalar(
        "substring",
        *(BYTES, INTEGER, INTEGER),
        returns=VARBYTE,
        sql=f"array_slice({{0}}, {_START}, ({_START}) + ({_LENGTH}) - 1)",
    ),
    scalar("translate", TEXT, TEXT, TEXT, returns=_varchar, sql="translate({0}, {1}, {2})"),
)
_SYNONYMS = {
    "bttext_pattern_cmp": "bpcharcmp",
    "trim": "btrim",
    "length": "len",
    "char_length": "len",
    "character_length": "len",
    "textlen": "len",
    "replicate": "repeat",
    "substr": "substring",
}
FUNCTIONS: tuple[Function, ...] = (
    *_BASE,
    *(synonym for name, of in _SYNONYMS.items() for synonym in renamed(name, _BASE, of)),
)
