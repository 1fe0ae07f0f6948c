"""Names in DuckDB's SQL: quoted, so that a name can be nothing but a name."""

from __future__ import annotations


def quoted_name(name: str) -> str:
    """One name between double quotes."""
    return '"' + name.replace('"', '""') + '"'
