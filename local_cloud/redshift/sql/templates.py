"""DuckDB's SQL as text with places for expressions, and the generator that fills them."""

from __future__ import annotations

from typing import Any, ClassVar

from sqlglot import exp
from sqlglot.dialects.duckdb import DuckDB
from sqlglot.errors import ErrorLevel
from sqlglot.generators.duckdb import DuckDBGenerator

from local_cloud.redshift.declared_types import data_type
from local_cloud.redshift.error_messages import redshift_errors
from local_cloud.redshift.redshift_types import RedshiftType
from local_cloud.redshift.statement_errors import StatementFailed

# A template may use an argument twice: nested calls would grow without bound.
_MAX_EXPRESSION_LENGTH = 1_000_000


class Template(exp.Expression, exp.Condition):
    """DuckDB's text of an expression; `{0}`, `{1}`, … are its `expressions`."""

    arg_types: ClassVar[dict[str, bool]] = {"this": True, "expressions": False}


def filled(text: str, *arguments: exp.Expr, of: RedshiftType | None = None) -> Template:
    """A template with its arguments, and the Redshift type of its value."""
    template = Template(this=text, expressions=list(arguments))
    if of is not None:
        template.type = data_type(of)
    return template


def literal(text: str) -> str:
    """A text as an SQL literal inside a template."""
    return "'" + text.replace("'", "''").replace("{", "{{").replace("}", "}}") + "'"


def _template_sql(self: Any, template: Template) -> str:
    arguments = [self.sql(argument) for argument in template.expressions]
    text = str(template.this).format(*arguments)
    if len(text) > _MAX_EXPRESSION_LENGTH:
        raise StatementFailed("ERROR: stack depth limit exceeded: nest the expression less deeply")
    return text


class _Target(DuckDB):
    """DuckDB with templates."""

    class Generator(DuckDBGenerator):
        TRANSFORMS: ClassVar[dict[Any, Any]] = {
            **DuckDBGenerator.TRANSFORMS,
            Template: _template_sql,
        }


_TARGET = _Target()


def duckdb_sql(tree: exp.Expr) -> str:
    """DuckDB's text of a rewritten tree; what it cannot say is rejected."""
    with redshift_errors():
        return tree.sql(_TARGET, unsupported_level=ErrorLevel.RAISE)
