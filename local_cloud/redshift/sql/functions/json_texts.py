"""JSON functions of texts. JSON functions of SUPER values are not supported."""

from __future__ import annotations

from collections.abc import Callable

from sqlglot import exp

from local_cloud.redshift.redshift_types import BOOL, INT4, LONGEST_VARCHAR
from local_cloud.redshift.sql.functions.registry import Arguments, Function, Kind, scalar
from local_cloud.redshift.sql.templates import filled

TEXT, INTEGER, BOOLEAN = Kind.TEXT, Kind.INTEGER, Kind.BOOLEAN


def _path(arguments: Arguments) -> exp.Expr:
    """Translate JSON_EXTRACT_PATH_TEXT. The last argument may be the option for invalid JSON."""
    text, *path = arguments.nodes
    lenient: exp.Expr = exp.false()
    if isinstance(path[-1].unnest(), exp.Boolean):
        lenient = path.pop()
    places = ", ".join(f"{{{number}}}" for number in range(2, 2 + len(path)))
    return filled(f"redshift_json_path({{0}}, [{places}], {{1}})", text, lenient, *path)


def _lenient(call: str, place: int) -> Callable[[Arguments], exp.Expr]:
    def build(arguments: Arguments) -> exp.Expr:
        nodes = [*arguments.nodes]
        if len(nodes) == place:
            nodes.append(exp.false())
        return filled(call, *nodes)

    return build


_LENGTH = _lenient("redshift_json_length({0}, {1})", 1)
_ELEMENT = _lenient("redshift_json_element({0}, {1}, {2})", 2)
FUNCTIONS: tuple[Function, ...] = (
    scalar("is_valid_json", TEXT, returns=BOOL, sql="redshift_is_json({0}, false)"),
    scalar("is_valid_json_array", TEXT, returns=BOOL, sql="redshift_is_json({0}, true)"),
    scalar("json_array_length", TEXT, returns=INT4, sql=_LENGTH),
    scalar("json_array_length", TEXT, BOOLEAN, returns=INT4, sql=_LENGTH),
    scalar("json_extract_array_element_text", TEXT, INTEGER, returns=LONGEST_VARCHAR, sql=_ELEMENT),
    scalar(
        "json_extract_array_element_text",
        *(TEXT, INTEGER, BOOLEAN),
        returns=LONGEST_VARCHAR,
        sql=_ELEMENT,
    ),
    scalar(
        "json_extract_path_text",
        *(TEXT, Kind.ANY),
        returns=LONGEST_VARCHAR,
        sql=_path,
        variadic=True,
    ),
)
