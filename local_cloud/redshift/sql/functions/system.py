"""System information functions."""

from __future__ import annotations

from collections.abc import Callable

from sqlglot import exp

from local_cloud.redshift.redshift_types import BOOL, INT4, VARCHAR, varchar
from local_cloud.redshift.session_parameters import value_of
from local_cloud.redshift.sql.functions.registry import Arguments, Function, Kind, scalar
from local_cloud.redshift.sql.node_types import quoted_text
from local_cloud.redshift.sql.templates import filled, literal
from local_cloud.redshift.sql.translation_context import TranslationContext

TEXT = Kind.TEXT
NAME = varchar(128)
_VERSION = (
    "PostgreSQL 8.0.2 on i686-pc-linux-gnu, compiled by GCC gcc (GCC) 3.4.2 20041017 "
    "(Red Hat 3.4.2-6.fc3), Redshift 1.0.0"
)


def _answer(of: Callable[[TranslationContext], str | None]) -> Callable[[Arguments], exp.Expr]:
    def build(arguments: Arguments) -> exp.Expr:
        value = of(arguments.context)
        return filled(literal(value) if value is not None else "NULL")

    return build


def _schemas(arguments: Arguments) -> exp.Expr:
    path = arguments.context.search_path()
    own, all_schemas = "{" + ",".join(path) + "}", "{" + ",".join(("pg_catalog", *path)) + "}"
    return filled(
        f"CASE WHEN {{0}} THEN {literal(all_schemas)} ELSE {literal(own)} END", *arguments.nodes
    )


def _setting(arguments: Arguments) -> exp.Expr:
    name = (quoted_text(arguments.nodes[0]) or "").lower()
    return filled(literal(value_of(arguments.context.parameters, name)))


def _holds(kind: str) -> Callable[[Arguments], exp.Expr]:
    """Return a translation that checks whether a user has a privilege on an object of a kind."""

    def build(arguments: Arguments) -> exp.Expr:
        context = arguments.context
        nodes = [*arguments.nodes]
        if len(nodes) == 2:
            nodes.insert(0, exp.Literal.string(context.user))
        held = ", ".join(
            f"({', '.join(literal(word) for word in privilege)})"
            for privilege in context.held_privileges(kind)
        )
        row = "(lower({0}), lower({1}), lower({2}))"
        return filled(f"({row} IN ({held}))" if held else "false", *nodes)

    return build


FUNCTIONS: tuple[Function, ...] = (
    scalar("current_database", returns=NAME, sql=_answer(lambda c: c.database)),
    scalar(
        "current_schema",
        returns=NAME,
        sql=_answer(lambda c: next(iter(c.search_path()), None)),
        leader_only=True,
    ),
    scalar("current_schemas", Kind.BOOLEAN, returns=VARCHAR, sql=_schemas, leader_only=True),
    *(
        scalar(name, returns=NAME, sql=_answer(lambda c: c.user))
        for name in ("current_user", "session_user")
    ),
    scalar(
        "current_user_id",
        returns=INT4,
        sql=lambda a: exp.Literal.number(a.context.user_id),
    ),
    scalar("current_setting", Kind.CONSTANT, returns=VARCHAR, sql=_setting),
    *(
        scalar(
            f"has_{kind}_privilege", *arguments, returns=BOOL, sql=_holds(kind), leader_only=True
        )
        for kind in ("database", "schema", "table")
        for arguments in ((TEXT, TEXT), (TEXT, TEXT, TEXT))
    ),
    scalar("pg_backend_pid", returns=INT4, sql="1073741824"),
    scalar("version", returns=VARCHAR, sql=literal(_VERSION), leader_only=True),
)
