"""Turns a Redshift query or DML statement into DuckDB's SQL."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlglot import exp
from sqlglot.errors import ErrorLevel

from local_cloud.redshift.redshift_types import character_type, from_duckdb
from local_cloud.redshift.sql.inference import Inference
from local_cloud.redshift.statement_errors import StatementFailed, redshift_errors, refused

# Functions that DuckDB has under the same name with the same meaning, but sqlglot does not know.
_SAME_NAME = frozenset(
    (
        *("ASCII", "CHR", "COT", "DEGREES", "LTRIM", "OCTET_LENGTH", "PI", "POSITION", "RADIANS"),
        *("REPEAT", "REVERSE", "RTRIM", "TRANSLATE", "STRPOS", "TO_HEX", "SIN", "COS", "TAN"),
        *("ASIN", "ACOS", "ATAN", "ATAN2", "CBRT"),
    )
)
_RENAMED = {
    "ISNULL": "COALESCE",
    "REPLICATE": "REPEAT",
    "DEXP": "EXP",
    "DLOG1": "LN",
    "DLOG10": "LOG10",
}
_UNAVAILABLE_TYPES = {
    "SUPER",
    "GEOMETRY",
    "GEOGRAPHY",
    "HLLSKETCH",
    "TIMETZ",
    "JSON",
    "JSONB",
    "XML",
}
# As in PostgreSQL, and so in Redshift.
_MAX_COLUMNS = 1664
_INTEGERS = exp.DataType.INTEGER_TYPES
_NUMBERS = exp.DataType.NUMERIC_TYPES


@dataclass(frozen=True)
class TranslationContext:
    """What the functions that ask about the session answer."""

    user: str
    database: str
    schema: str


def to_duckdb(tree: exp.Expr, inference: Inference, translation_context: TranslationContext) -> str:
    """DuckDB's text of a statement whose relations are qualified; `tree` is consumed."""
    _name_outputs(tree)
    rewrite_nodes(tree, inference, translation_context)
    return generate(tree)


def generate(tree: exp.Expr) -> str:
    """DuckDB's text of a rewritten tree; what it cannot say is refused."""
    with redshift_errors():
        return tree.sql("duckdb", unsupported_level=ErrorLevel.RAISE)


def rewrite_nodes(
    tree: exp.Expr, inference: Inference, translation_context: TranslationContext
) -> None:
    """Put DuckDB's equivalents in the place of what it lacks or means differently."""
    for node in list(tree.walk(bfs=False))[::-1]:
        rewrite = _REWRITES.get(type(node))
        if rewrite is not None:
            rewrite(node, inference, translation_context)


_Rewrite = Callable[[exp.Expr, Inference, TranslationContext], None]


def _average(node: exp.Expr, inference: Inference, _: TranslationContext) -> None:
    """AVG of whole numbers is a BIGINT without fraction, of NUMERIC one of the same scale."""
    of = inference.type_of(node.this)
    whole = _whole_call(node)
    if of is None:
        return
    if of.this in _INTEGERS:
        _wrap(whole, lambda call: exp.cast(exp.func("TRUNC", call), "BIGINT", copy=False))
    elif of.this == exp.DType.DECIMAL and len(of.expressions) == 2:
        scale = of.expressions[1].name
        _wrap(whole, lambda call: exp.cast(call, f"DECIMAL(38, {scale})", copy=False))


def _whole_call(node: exp.Expr) -> exp.Expr:
    """An aggregate together with its FILTER and OVER clauses."""
    while isinstance(node.parent, exp.Window | exp.Filter) and node.parent.this is node:
        node = node.parent
    return node


def _wrap(node: exp.Expr, wrapper: Callable[[exp.Expr], exp.Expr]) -> None:
    placeholder = exp.Placeholder()
    node.replace(placeholder)
    placeholder.replace(wrapper(node))


def _substitute(node: exp.Expr, replacement: exp.Expr) -> None:
    """Put one expression in the place of another, which keeps its inferred type."""
    replacement.meta.update(node.meta)
    node.replace(replacement)


def _cast(node: exp.Expr, _: Inference, __: TranslationContext) -> None:
    """An explicit cast to CHAR or VARCHAR cuts; DECIMAL alone means DECIMAL(18,0)."""
    declared = character_type(node.args["to"])
    if declared is not None:
        text = exp.cast(node.this, "TEXT")
        shortened = exp.func("LEFT", text, exp.Literal.number(declared.precision), dialect="duckdb")
        _substitute(node, exp.func("RTRIM", shortened) if declared.name == "bpchar" else shortened)
        return
    node.set("to", storage_type(node.args["to"]))


def storage_type(declared: exp.DataType) -> exp.DataType:
    """The type in which DuckDB keeps a declared Redshift type; one it lacks is refused."""
    word = declared.sql("redshift").upper().split("(")[0]
    if word in _UNAVAILABLE_TYPES:
        raise refused(f"data type {word}")
    if character_type(declared) is not None:
        return exp.DataType.build("TEXT")
    if declared.this == exp.DType.DECIMAL:
        digits = [parameter.name for parameter in declared.expressions] or ["18"]
        return exp.DataType.build(f"DECIMAL({digits[0]}, {digits[1] if digits[1:] else 0})")
    return declared


def _now(node: exp.Expr, _: Inference, __: TranslationContext) -> None:
    """GETDATE and SYSDATE are timestamps without a time zone, in UTC."""
    _substitute(node, exp.maybe_parse("timezone('UTC', now())", dialect="duckdb"))


def _literal(value: Callable[[TranslationContext], str]) -> _Rewrite:
    def rewrite(node: exp.Expr, _: Inference, translation_context: TranslationContext) -> None:
        _substitute(node, exp.Literal.string(value(translation_context)))

    return rewrite


def _truncate(node: exp.Expr, inference: Inference, _: TranslationContext) -> None:
    """TRUNC of a timestamp is its date."""
    of = inference.type_of(node.this)
    if of is not None and of.this in exp.DataType.TEMPORAL_TYPES:
        _substitute(node, exp.cast(node.this, "DATE"))


def _unknown_function(node: exp.Expr, _: Inference, __: TranslationContext) -> None:
    name = str(node.this).upper()
    if name in _RENAMED:
        node.set("this", _RENAMED[name])
    elif name not in _SAME_NAME:
        raise refused(f"function {name.lower()}()")


def _comparison(node: exp.Expr, inference: Inference, _: TranslationContext) -> None:
    """Trailing blanks do not count when a CHAR is compared: it is stored without them."""
    operands = [node.this, *node.args.get("expressions", ()), node.args.get("expression")]
    if not any(_is_char(operand, inference) for operand in operands):
        return
    for operand in operands:
        if isinstance(operand, exp.Literal) and operand.is_string:
            operand.set("this", operand.name.rstrip(" "))


def _arithmetic(node: exp.Expr, inference: Inference, _: TranslationContext) -> None:
    """A bound parameter is text: beside a number it is read as a number of that type."""
    for operand, other in ((node.this, node.expression), (node.expression, node.this)):
        of = inference.type_of(other)
        if isinstance(operand, exp.Placeholder) and of is not None and of.this in _NUMBERS:
            operand.replace(exp.cast(operand.copy(), storage_type(of)))


def _is_char(node: exp.Expr | None, inference: Inference) -> bool:
    of = inference.type_of(node) if isinstance(node, exp.Expr) else None
    declared = character_type(of) if of is not None else None
    return declared is not None and declared.name == "bpchar"


def _refuse(what: str) -> _Rewrite:
    def rewrite(node: exp.Expr, _: Inference, __: TranslationContext) -> None:
        raise refused(f"{what} ({node.sql('redshift')[:60]})")

    return rewrite


_REWRITES: dict[type[exp.Expr], _Rewrite] = {
    exp.Avg: _average,
    exp.Cast: _cast,
    exp.TryCast: _cast,
    exp.CurrentTimestamp: _now,
    exp.CurrentUser: _literal(lambda s: s.user),
    exp.SessionUser: _literal(lambda s: s.user),
    exp.CurrentDatabase: _literal(lambda s: s.database),
    exp.CurrentSchema: _literal(lambda s: s.schema),
    exp.Trunc: _truncate,
    exp.Anonymous: _unknown_function,
    exp.Command: _refuse("statement"),
    exp.Pivot: _refuse("PIVOT"),
    **dict.fromkeys((exp.Add, exp.Sub, exp.Mul, exp.Div, exp.Mod), _arithmetic),
    **dict.fromkeys((exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.In), _comparison),
}


def _name_outputs(tree: exp.Expr) -> None:
    """Give unnamed output columns the names that Redshift gives them."""
    if not isinstance(tree, exp.Query):
        return
    while isinstance(tree, exp.SetOperation):
        tree = tree.this
    if not isinstance(tree, exp.Select):
        return
    if len(tree.expressions) > _MAX_COLUMNS:
        raise StatementFailed(f"ERROR: target lists can have at most {_MAX_COLUMNS} entries")
    # All at once: replacing them one by one takes the square of their number.
    tree.set("expressions", [_named(projection) for projection in tree.expressions])


def _named(projection: exp.Expr) -> exp.Expr:
    if isinstance(projection, exp.Alias | exp.Column | exp.Star):
        return projection
    return exp.alias_(projection, output_name(projection), quoted=True)


# Where sqlglot's name of a function is not Redshift's.
_OUTPUT_NAMES = {
    "current_timestamp": "getdate",
    "decode_case": "case",
    "group_concat": "listagg",
    "length": "len",
    "ts_or_ds_add": "date_add",
    "ts_or_ds_diff": "date_diff",
    "timestamp_trunc": "date_trunc",
    "time_to_str": "to_char",
    "approx_distinct": "count",
    "str_position": "strpos",
}


def output_name(node: exp.Expr) -> str:
    """`count` for COUNT(*), `sum` for SUM(x), a cast's column or type, else `?column?`."""
    if isinstance(node, exp.Column):
        return str(node.name)
    if isinstance(node, exp.Cast):
        inner = output_name(node.this)
        return inner if inner != "?column?" else _type_word(node)
    if isinstance(node, exp.Paren | exp.Window | exp.Filter | exp.WithinGroup):
        return output_name(node.this)
    if isinstance(node, exp.Case):
        return "case"
    if isinstance(node, exp.Anonymous):
        return str(node.this).lower()
    if isinstance(node, exp.Func) and not isinstance(node, exp.Binary | exp.Connector):
        name = str(node.sql_name()).lower()
        return _OUTPUT_NAMES.get(name, name)
    return "?column?"


def _type_word(node: exp.Cast) -> str:
    """The name of a cast of a bare value: its type's internal word."""
    declared = node.args["to"]
    known = character_type(declared) or from_duckdb(storage_type(declared).sql("duckdb"))
    return known.name
