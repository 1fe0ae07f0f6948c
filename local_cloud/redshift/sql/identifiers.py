"""Names and texts in DuckDB's SQL: quoted, so that they can be nothing else."""

from __future__ import annotations


def quoted_name(name: str) -> str:
    """One name between double quotes."""
    return '"' + name.replace('"', '""') + '"'


def text_literal(text: str) -> str:
    """A text between quotes."""
    return "'" + text.replace("'", "''") + "'"


def quoted_relation(relation: tuple[str, str]) -> str:
    """The name of a relation with its schema."""
    return ".".join(map(quoted_name, relation))
