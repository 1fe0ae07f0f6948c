"""Redshift's data types: how they are written, stored in DuckDB and described in results."""

from __future__ import annotations

import re
from dataclasses import dataclass

from sqlglot import exp

DEFAULT_VARCHAR = 256
MAX_VARCHAR = 65535
MAX_CHAR = 4096


@dataclass(frozen=True)
class RedshiftType:
    """One data type as GetStatementResult's ColumnMetadata shows it.

    `name` is Redshift's internal word (int4, bpchar, …), `length` bytes of storage (0 for
    strings), `precision` digits or, for strings, bytes; `scale` digits after the point.
    """

    name: str
    length: int = 0
    precision: int = 0
    scale: int = 0

    @property
    def declaration(self) -> str:
        """The type as DDL writes it: `character varying(30)`, `numeric(8,2)`, `integer`."""
        words = _DECLARATIONS[self.name]
        if self.name == "numeric":
            return f"{words}({self.precision},{self.scale})"
        return f"{words}({self.precision})" if self.name in ("varchar", "bpchar") else words

    @property
    def is_signed(self) -> bool:
        """Whether values of the type carry a sign."""
        return self.name in ("int2", "int4", "int8", "float4", "float8", "numeric")


_DECLARATIONS = {
    "int2": "smallint",
    "int4": "integer",
    "int8": "bigint",
    "float4": "real",
    "float8": "double precision",
    "numeric": "numeric",
    "bool": "boolean",
    "varchar": "character varying",
    "bpchar": "character",
    "date": "date",
    "timestamp": "timestamp without time zone",
    "timestamptz": "timestamp with time zone",
    "time": "time without time zone",
    "varbyte": "varbyte",
}

_FIXED = {
    "SMALLINT": RedshiftType("int2", 2, 5),
    "TINYINT": RedshiftType("int2", 2, 5),
    "INTEGER": RedshiftType("int4", 4, 10),
    "INT": RedshiftType("int4", 4, 10),
    "BIGINT": RedshiftType("int8", 8, 19),
    "HUGEINT": RedshiftType("int8", 8, 19),
    "UBIGINT": RedshiftType("int8", 8, 19),
    "FLOAT": RedshiftType("float4", 4, 8, 8),
    "DOUBLE": RedshiftType("float8", 8, 17, 17),
    "BOOLEAN": RedshiftType("bool", 1, 1),
    "DATE": RedshiftType("date", 4, 13),
    "TIMESTAMP": RedshiftType("timestamp", 8, 29, 6),
    "TIMESTAMP WITH TIME ZONE": RedshiftType("timestamptz", 8, 35, 6),
    "TIMESTAMPTZ": RedshiftType("timestamptz", 8, 35, 6),
    "TIME": RedshiftType("time", 8, 15, 6),
    "BLOB": RedshiftType("varbyte", 0, 64000),
    "INTERVAL": RedshiftType("varchar", 0, 64),
}

CATALOG_VARCHAR = RedshiftType("varchar", 0, DEFAULT_VARCHAR)
_CHARACTER_TYPES = {
    exp.DType.CHAR: "bpchar",
    exp.DType.NCHAR: "bpchar",
    exp.DType.BPCHAR: "bpchar",
    exp.DType.VARCHAR: "varchar",
    exp.DType.NVARCHAR: "varchar",
    exp.DType.TEXT: "varchar",
}


def from_duckdb(name: str) -> RedshiftType:
    """The Redshift type whose values DuckDB's type `name` holds."""
    if match := re.fullmatch(r"DECIMAL\((\d+),\s*(\d+)\)", name):
        return RedshiftType("numeric", int(match[1]), int(match[1]), int(match[2]))
    return _FIXED.get(name, CATALOG_VARCHAR)


def character_type(declared: exp.DataType) -> RedshiftType | None:
    """The CHAR or VARCHAR that a declaration or an inferred type means; None for others.

    Source: Redshift's page "Character types": CHAR is one byte unless given, VARCHAR and TEXT
    are 256, BPCHAR is 256; MAX is the largest.
    """
    name = _CHARACTER_TYPES.get(declared.this)
    if name is None:
        return None
    default = 1 if declared.this in (exp.DType.CHAR, exp.DType.NCHAR) else DEFAULT_VARCHAR
    return RedshiftType(name, 0, _width(declared, default, name))


def _width(declared: exp.DataType, default: int, name: str) -> int:
    if not declared.expressions:
        return default
    text = declared.expressions[0].name
    if text.lower() == "max":
        return MAX_CHAR if name == "bpchar" else MAX_VARCHAR
    return int(text)
