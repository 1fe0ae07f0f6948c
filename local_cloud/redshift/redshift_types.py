"""Redshift's data types: their declarations, their DuckDB types, and their metadata in results."""

from __future__ import annotations

import re
from dataclasses import dataclass

DEFAULT_VARCHAR = 256
MAX_VARCHAR = 65535
MAX_CHAR = 4096
MAX_DIGITS = 38


@dataclass(frozen=True)
class RedshiftType:
    """A data type, with the values of ColumnMetadata in GetStatementResult.

    `name` is Redshift's internal name (int4, bpchar, …). `length` is the storage size in bytes (0
    for strings). `precision` is in digits, or in bytes for strings. `scale` is the number of digits
    after the decimal point.
    """

    name: str
    length: int = 0
    precision: int = 0
    scale: int = 0

    @property
    def declaration(self) -> str:
        """The type in DDL, such as `character varying(30)`, `numeric(8,2)` or `integer`."""
        words = _DECLARATIONS[self.name]
        if self.name == "numeric":
            return f"{words}({self.precision},{self.scale})"
        return f"{words}({self.precision})" if self.is_text else words

    @property
    def words(self) -> str:
        """The type in error messages: without precision or length."""
        return _DECLARATIONS[self.name]

    @property
    def storage(self) -> str:
        """The DuckDB type that stores the values."""
        if self.name == "numeric":
            return f"DECIMAL({self.precision}, {self.scale})"
        return _STORAGE[self.name]

    @property
    def is_signed(self) -> bool:
        """Whether values of the type have a sign."""
        return self.name in _NUMBERS

    @property
    def is_text(self) -> bool:
        """Whether the type is CHAR or VARCHAR."""
        return self.name in ("varchar", "bpchar")

    @property
    def is_integer(self) -> bool:
        """Whether the type is SMALLINT, INTEGER or BIGINT."""
        return self.name in ("int2", "int4", "int8")

    @property
    def is_float(self) -> bool:
        """Whether the type is REAL or DOUBLE PRECISION."""
        return self.name in ("float4", "float8")

    @property
    def is_number(self) -> bool:
        """Whether the type is numeric: an integer, a float or a NUMERIC."""
        return self.name in _NUMBERS

    @property
    def is_datetime(self) -> bool:
        """Whether the type is DATE, TIMESTAMP or TIMESTAMPTZ."""
        return self.name in ("date", "timestamp", "timestamptz")


_NUMBERS = ("int2", "int4", "int8", "float4", "float8", "numeric")
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
    "varbyte": "binary varying",
    "interval": "interval",
}
_STORAGE = {
    "int2": "SMALLINT",
    "int4": "INTEGER",
    "int8": "BIGINT",
    "float4": "REAL",
    "float8": "DOUBLE",
    "bool": "BOOLEAN",
    "varchar": "TEXT",
    "bpchar": "TEXT",
    "date": "DATE",
    "timestamp": "TIMESTAMP",
    "timestamptz": "TIMESTAMPTZ",
    "time": "TIME",
    "varbyte": "BLOB",
    "interval": "INTERVAL",
}

INT2 = RedshiftType("int2", 2, 5)
INT4 = RedshiftType("int4", 4, 10)
INT8 = RedshiftType("int8", 8, 19)
FLOAT4 = RedshiftType("float4", 4, 8, 8)
FLOAT8 = RedshiftType("float8", 8, 17, 17)
BOOL = RedshiftType("bool", 1, 1)
DATE = RedshiftType("date", 4, 13)
TIMESTAMP = RedshiftType("timestamp", 8, 29, 6)
TIMESTAMPTZ = RedshiftType("timestamptz", 8, 35, 6)
TIME = RedshiftType("time", 8, 15, 6)
VARBYTE = RedshiftType("varbyte", 0, 64000)
INTERVAL = RedshiftType("interval", 16)
VARCHAR = RedshiftType("varchar", 0, DEFAULT_VARCHAR)
LONGEST_VARCHAR = RedshiftType("varchar", 0, MAX_VARCHAR)
CATALOG_VARCHAR = VARCHAR


def numeric(precision: int, scale: int) -> RedshiftType:
    """Return a NUMERIC type with at most 38 digits."""
    return RedshiftType("numeric", precision, precision, scale)


def varchar(width: int) -> RedshiftType:
    """Return the VARCHAR type of a length in bytes."""
    return RedshiftType("varchar", 0, width)


_FROM_DUCKDB = {
    "SMALLINT": INT2,
    "TINYINT": INT2,
    "INTEGER": INT4,
    "INT": INT4,
    "BIGINT": INT8,
    "HUGEINT": INT8,
    "UBIGINT": INT8,
    "FLOAT": FLOAT4,
    "REAL": FLOAT4,
    "DOUBLE": FLOAT8,
    "BOOLEAN": BOOL,
    "DATE": DATE,
    "TIMESTAMP": TIMESTAMP,
    "TIMESTAMP WITH TIME ZONE": TIMESTAMPTZ,
    "TIMESTAMPTZ": TIMESTAMPTZ,
    "TIME": TIME,
    "BLOB": VARBYTE,
    "INTERVAL": varchar(64),
}


def from_duckdb(name: str) -> RedshiftType:
    """Return the Redshift type for the DuckDB type `name`."""
    if match := re.fullmatch(r"DECIMAL\((\d+),\s*(\d+)\)", name):
        return numeric(int(match[1]), int(match[2]))
    return _FROM_DUCKDB.get(name, VARCHAR)
