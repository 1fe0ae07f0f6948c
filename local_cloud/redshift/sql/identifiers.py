"""Quotes names and texts for DuckDB's SQL, to prevent SQL injection."""

from __future__ import annotations


def quoted_name(name: str) -> str:
    """Return a name in double quotes."""
    return '"' + name.replace('"', '""') + '"'


def text_literal(text: str) -> str:
    """Return a text in single quotes."""
    return "'" + text.replace("'", "''") + "'"


def quoted_relation(relation: tuple[str, str]) -> str:
    """Return the quoted name of a relation with its schema."""
    return ".".join(map(quoted_name, relation))
