"""A sqlglot dialect for Redshift, with the syntax that sqlglot's own Redshift dialect lacks.

Every function call is parsed as a `Call` with the written name. The registry in `functions` defines
which functions exist, not sqlglot.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial
from typing import Any, ClassVar

from sqlglot import exp
from sqlglot.dialects.redshift import Redshift
from sqlglot.generators.redshift import RedshiftGenerator
from sqlglot.parsers.redshift import RedshiftParser
from sqlglot.tokenizer_core import Token, TokenType

from local_cloud.redshift.error_messages import redshift_errors
from local_cloud.redshift.sql.functions import is_aggregate, takes_date_part
from local_cloud.redshift.statement_errors import StatementFailed


class ColumnAttribute(exp.Expression, exp.ColumnConstraintKind):
    """DISTKEY or SORTKEY of a column. It affects the storage, not the data."""

    arg_types: ClassVar[dict[str, bool]] = {"this": True}


class TableAttribute(exp.Property):
    """An attribute of a table such as BACKUP. It affects the storage, not the data."""

    arg_types: ClassVar[dict[str, bool]] = {"this": True}


class InterleavedSortKey(exp.SortKeyProperty):
    """INTERLEAVED SORTKEY (a, b)."""


# The metadata of a call with the schema of its function.
FUNCTION_SCHEMA = "function_schema"


class Call(exp.Expression, exp.Func):
    """A function call. `this` is the name in lower case."""

    arg_types: ClassVar[dict[str, bool]] = {
        "this": True,
        "expressions": False,
        "approximate": False,
    }
    is_var_len_args = True


class AggregateCall(Call, exp.AggFunc):
    """A call of an aggregate function."""


def call(name: str, arguments: list[exp.Expr], **flags: bool) -> Call:
    """Return a call. A date part becomes a word, because it is not a column."""
    name = name.lower()
    if arguments and takes_date_part(name):
        part = arguments[0]
        if isinstance(part, exp.Column) and not part.table:
            arguments = [exp.var(part.name), *arguments[1:]]
    kind = AggregateCall if is_aggregate(name) else Call
    return kind(this=name, expressions=arguments, **flags)


class _EveryFunction(dict[str, Callable[..., exp.Expr]]):
    """Maps every function name to a builder of a `Call`."""

    def get(self, key: str, default: Any = None) -> Any:
        return partial(call, key)


def _substring(self: Any) -> exp.Expr:
    parsed = self._parse_substring()
    parts = [parsed.this, parsed.args.get("start"), parsed.args.get("length")]
    return call("substring", [part for part in parts if part is not None])


def _position(self: Any) -> exp.Expr:
    parsed = self._parse_position()
    return call("position", [parsed.args["substr"], parsed.this])


def _trim(self: Any) -> exp.Expr:
    parsed = self._parse_trim()
    side = str(parsed.args.get("position") or "BOTH").upper()
    names = {"LEADING": "ltrim", "TRAILING": "rtrim"}
    parts = [parsed.this, parsed.args.get("expression")]
    return call(names.get(side, "btrim"), [part for part in parts if part is not None])


def _extract(self: Any) -> exp.Expr:
    parsed = self._parse_extract()
    return call("extract", [parsed.this, parsed.expression])


def _approximate(self: Any) -> exp.Expr | None:
    """Parse APPROXIMATE COUNT(DISTINCT x) or APPROXIMATE PERCENTILE_DISC(p) WITHIN GROUP (…)."""
    index = self._index - 1
    parsed = self._parse_function()
    inner = parsed.this if isinstance(parsed, exp.WithinGroup) else parsed
    if isinstance(inner, AggregateCall) and inner.name in ("count", "percentile_disc"):
        inner.set("approximate", True)
        found: exp.Expr = parsed
        return found
    self._retreat(index)
    return None


def _column_attribute(self: Any) -> exp.Expr:
    attribute: exp.Expr = self.expression(ColumnAttribute(this=self._prev.text.upper()))
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
    key: exp.Expr = self._parse_sortkey()
    return InterleavedSortKey(this=key.this)


def _is_complete(join: exp.Join) -> bool:
    """Return whether a JOIN has ON or USING, or needs neither (CROSS, NATURAL)."""
    words = {str(join.args.get(word) or "").upper() for word in ("kind", "method")}
    known = join.args.get("on") is not None or bool(join.args.get("using"))
    return known or bool(words - {"", "INNER", "OUTER"})


def _word(name: str) -> Callable[[], exp.Expr]:
    return lambda: call(name, [])


class _Parser(RedshiftParser):
    def _parse_in(self, this: Any, alias: bool = False) -> Any:
        if self._match(TokenType.L_BRACKET, advance=False):
            self.raise_error("IN takes a list in brackets")
        return super()._parse_in(this, alias)

    def _parse_join(self, *arguments: Any, **options: Any) -> Any:
        by_comma = self._match(TokenType.COMMA, advance=False)
        join = super()._parse_join(*arguments, **options)
        if isinstance(join, exp.Join) and not by_comma and not _is_complete(join):
            self.raise_error("JOIN needs ON or USING")
        return join

    FUNCTIONS: ClassVar[dict[str, Callable[..., Any]]] = _EveryFunction()
    FUNCTION_PARSERS: ClassVar[dict[str, Callable[..., Any]]] = {
        **{name: RedshiftParser.FUNCTION_PARSERS[name] for name in ("CAST", "CONVERT", "TRY_CAST")},
        "EXTRACT": _extract,
        "POSITION": _position,
        "SUBSTRING": _substring,
        "TRIM": _trim,
    }
    NO_PAREN_FUNCTIONS: ClassVar[dict[TokenType, Any]] = {
        TokenType.CURRENT_DATE: _word("current_date"),
        TokenType.CURRENT_TIMESTAMP: _word("current_timestamp"),
        TokenType.CURRENT_USER: _word("current_user"),
        TokenType.CURRENT_USER_ID: _word("current_user_id"),
        TokenType.SESSION_USER: _word("session_user"),
    }
    NO_PAREN_FUNCTION_PARSERS: ClassVar[dict[str, Callable[..., Any]]] = {
        **{name: RedshiftParser.NO_PAREN_FUNCTION_PARSERS[name] for name in ("ANY", "CASE")},
        "APPROXIMATE": _approximate,
        "SYSDATE": lambda self: call("sysdate", []),
        "USER": lambda self: call("current_user", []),
    }
    PRIMARY_PARSERS: ClassVar[dict[TokenType, Callable[..., Any]]] = {
        **RedshiftParser.PRIMARY_PARSERS,
        # $$…$$ is a quoted text.
        TokenType.HEREDOC_STRING: lambda self, token: exp.Literal.string(token.text),
    }
    UNARY_PARSERS: ClassVar[dict[TokenType, Callable[..., Any]]] = {
        **RedshiftParser.UNARY_PARSERS,
        TokenType.PIPE_SLASH: lambda self: call("sqrt", [self._parse_unary()]),
        TokenType.DPIPE_SLASH: lambda self: call("cbrt", [self._parse_unary()]),
        TokenType.PARAMETER: lambda self: call("abs", [self._parse_unary()]),
    }
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


# Type names that Redshift does not have. They are ordinary names.
_FOREIGN_TYPES = (
    *("BLOB", "BYTEA", "HUGEINT", "INT128", "LONGBLOB", "LONGTEXT", "MEDIUMTEXT", "STRING"),
    *("TINYINT", "TINYTEXT", "UINT"),
)


class WarehouseDialect(Redshift):
    """sqlglot's Redshift with attributes of columns. Commands are tokenized as plain words."""

    Parser = _Parser

    class Tokenizer(Redshift.Tokenizer):
        # sqlglot would return each of these statements as one raw string.
        COMMANDS: ClassVar[set[TokenType]] = set()
        KEYWORDS: ClassVar[dict[str, TokenType]] = {
            word: kind
            for word, kind in Redshift.Tokenizer.KEYWORDS.items()
            if word not in ("COPY", "UNLOAD", *_FOREIGN_TYPES)
        }

        def tokenize(self, sql: str) -> list[Token]:
            """Split into tokens. `#` is an operator, or the start of a temporary table's name."""
            words: list[Token] = super().tokenize(sql)
            for word in words:
                if word.token_type == TokenType.VAR and word.text == "#":
                    word.token_type = TokenType.HASH
            return words

    class Generator(RedshiftGenerator):
        TRANSFORMS: ClassVar[dict[Any, Any]] = {
            **RedshiftGenerator.TRANSFORMS,
            Call: lambda self, node: self.func(node.name, *node.expressions),
            AggregateCall: lambda self, node: self.func(node.name, *node.expressions),
        }


DIALECT = WarehouseDialect()
# sqlglot logs warnings for unknown syntax. Here such a statement raises an error instead.
logging.getLogger("sqlglot").setLevel(logging.ERROR)


def tokens(sql: str) -> list[Token]:
    """Return the tokens of a statement, without the final semicolon."""
    if "\0" in sql:
        raise StatementFailed('ERROR: invalid byte sequence for encoding "UTF8": 0x00')
    with redshift_errors():
        words: list[Token] = list(DIALECT.tokenize(sql))
    while words and words[-1].token_type == TokenType.SEMICOLON:
        words.pop()
    if not words:
        raise StatementFailed("ERROR: the statement is empty: expected one SQL statement")
    if any(word.token_type == TokenType.SEMICOLON for word in words):
        raise StatementFailed("ERROR: cannot insert multiple commands into a prepared statement")
    return words


def placeholders(words: list[Token]) -> set[str]:
    """Return the names of the parameters (`:name`) outside of quotes and comments."""
    return {
        name.text
        for colon, name in zip(words, words[1:], strict=False)
        if colon.token_type == TokenType.COLON
        and colon.end + 1 == name.start
        and name.token_type != TokenType.STRING
    }
