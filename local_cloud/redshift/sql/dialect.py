"""Redshift's SQL as sqlglot reads it, with what sqlglot's own Redshift dialect lacks."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any, ClassVar

from sqlglot import exp
from sqlglot.dialects.redshift import Redshift
from sqlglot.optimizer.normalize_identifiers import normalize_identifiers
from sqlglot.parsers.redshift import RedshiftParser
from sqlglot.tokenizer_core import Token, TokenType

from local_cloud.redshift.statement_errors import StatementFailed, redshift_errors


class ColumnAttribute(exp.Expression, exp.ColumnConstraintKind):
    """DISTKEY or SORTKEY beside a column: tunes storage, not what a table holds."""

    arg_types: ClassVar[dict[str, bool]] = {}


class TableAttribute(exp.Property):
    """BACKUP, ENCODE AUTO and the like after a table: tunes storage, not what it holds."""

    arg_types: ClassVar[dict[str, bool]] = {"this": True}


def _column_attribute(self: Any) -> exp.Expr:
    attribute: exp.Expr = self.expression(ColumnAttribute())
    return attribute


def _attribute_with_word(self: Any) -> exp.Expr:
    word = self._curr.text
    self._advance()
    attribute: exp.Expr = self.expression(TableAttribute(this=exp.var(word)))
    return attribute


def _sort_key(self: Any) -> exp.Expr:
    if self._match_text_seq("AUTO", advance=False):
        return _attribute_with_word(self)
    key: exp.Expr = self._parse_sortkey()
    return key


def _interleaved(self: Any) -> exp.Expr:
    self._match_text_seq("SORTKEY")
    return _sort_key(self)


class _Parser(RedshiftParser):
    CONSTRAINT_PARSERS: ClassVar[dict[str, Callable[..., Any]]] = {
        **RedshiftParser.CONSTRAINT_PARSERS,
        "DISTKEY": _column_attribute,
        "SORTKEY": _column_attribute,
    }
    PROPERTY_PARSERS: ClassVar[dict[str, Callable[..., Any]]] = {
        **RedshiftParser.PROPERTY_PARSERS,
        "BACKUP": _attribute_with_word,
        "ENCODE": _attribute_with_word,
        "INTERLEAVED": _interleaved,
        "SORTKEY": _sort_key,
    }


class WarehouseDialect(Redshift):
    """Redshift with attributes beside columns, and with its commands as plain words."""

    Parser = _Parser

    class Tokenizer(Redshift.Tokenizer):
        # sqlglot would hand these statements on as one raw string.
        COMMANDS: ClassVar[set[TokenType]] = set()
        KEYWORDS: ClassVar[dict[str, TokenType]] = {
            word: kind
            for word, kind in Redshift.Tokenizer.KEYWORDS.items()
            if word not in ("COPY", "UNLOAD")
        }


DIALECT = WarehouseDialect()
# It warns of what it cannot read; such a statement is refused by name instead.
logging.getLogger("sqlglot").setLevel(logging.ERROR)


def tokens(sql: str) -> list[Token]:
    """The words of one statement, without its closing semicolon; more than one is refused."""
    if "\0" in sql:
        raise StatementFailed('ERROR: invalid byte sequence for encoding "UTF8": 0x00')
    with redshift_errors():
        words: list[Token] = list(DIALECT.tokenize(sql))
    while words and words[-1].token_type == TokenType.SEMICOLON:
        words.pop()
    if not words:
        raise StatementFailed("ERROR: the statement is empty: give one SQL statement")
    if any(word.token_type == TokenType.SEMICOLON for word in words):
        raise StatementFailed("ERROR: cannot insert multiple commands into a prepared statement")
    return words


def parse(sql: str) -> exp.Expr:
    """One statement as a tree, its names in lower case as Redshift folds them, quoted or not."""
    with redshift_errors():
        tree: exp.Expr | None = DIALECT.parse(sql)[0]
    if tree is None:
        raise StatementFailed("ERROR: the statement is empty: give one SQL statement")
    folded: exp.Expr = normalize_identifiers(tree, dialect=DIALECT)
    return folded


def placeholders(words: list[Token]) -> set[str]:
    """The names of the parameters (`:name`) that a statement uses outside quotes and comments."""
    return {
        name.text
        for colon, name in zip(words, words[1:], strict=False)
        if colon.token_type == TokenType.COLON and colon.end + 1 == name.start
    }
