"""Templates of DuckDB's SQL with placeholders for expressions, and their SQL generator."""

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

# A template may contain an argument twice, so nested calls would grow exponentially.
_MAX_EXPRESSION_LENGTH = 1_000_000


class Template(exp.Expression, exp.Condition):
    """An expression in DuckDB's SQL. `{0}`, `{1}`, … are placeholders for its `expressions`."""

    arg_types: ClassVar[dict[str, bool]] = {"this": True, "expressions": False}


def filled(text: str, *arguments: exp.Expr, of: RedshiftType | None = None) -> Template:
    """Return a template with its arguments. `of` is the Redshift type of its value."""
    template = Template(this=text, expressions=list(arguments))
    if of is not None:
        template.type = data_type(of)
    return template


def literal(text: str) -> str:
    """Return a text as an SQL literal for a template."""
    return "'" + text.replace("'", "''").replace("{", "{{").replace("}", "}}") + "'"


def _template_sql(self: Any, template: Template) -> str:
    arguments = [self.sql(argument) for argument in template.expressions]
    text = str(template.this).format(*arguments)
    if len(text) > _MAX_EXPRESSION_LENGTH:
        raise StatementFailed("ERROR: stack depth limit exceeded: nest the expression less deeply")
    return text


class _Target(DuckDB):
    """sqlglot's DuckDB dialect with templates."""

    class Generator(DuckDBGenerator):
        TRANSFORMS: ClassVar[dict[Any, Any]] = {
            **DuckDBGenerator.TRANSFORMS,
            Template: _template_sql,
        }


_TARGET = _Target()


def duckdb_sql(tree: exp.Expr) -> str:
    """Return DuckDB's SQL for a translated tree. Raises StatementFailed for unsupported syntax."""
    with redshift_errors():
        return tree.sql(_TARGET, unsupported_level=ErrorLevel.RAISE)
