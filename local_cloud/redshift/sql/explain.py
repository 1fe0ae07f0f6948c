"""EXPLAIN: returns the plan of a query without running the query.

Source: page "EXPLAIN" of the Developer Guide.
"""

from __future__ import annotations

import pyarrow as pa
from sqlglot import exp

from local_cloud.redshift.redshift_types import CATALOG_VARCHAR
from local_cloud.redshift.result_set import ResultColumn, ResultSet
from local_cloud.redshift.session import Session, StatementOutcome
from local_cloud.redshift.sql.identifiers import quoted_relation
from local_cloud.redshift.sql.parsing import parse
from local_cloud.redshift.sql.queries import checked_query
from local_cloud.redshift.sql.query_plan import query_plan
from local_cloud.redshift.sql.relations import target
from local_cloud.redshift.sql.word_reader import Reader
from local_cloud.redshift.statement_errors import StatementFailed

_COLUMN = "QUERY PLAN"


def explain(session: Session, reader: Reader) -> StatementOutcome:
    """Run EXPLAIN [VERBOSE] query: one row per line of the plan. VERBOSE has no effect here."""
    reader.expect("EXPLAIN")
    reader.accept("VERBOSE")
    checked = checked_query(session, _query(parse(reader.rest())))
    lines = query_plan(checked.tree, lambda table: _rows(session, table)).lines()
    column = ResultColumn(_COLUMN, CATALOG_VARCHAR)
    return StatementOutcome(len(lines), ResultSet((column,), pa.table({_COLUMN: lines})))


def _query(tree: exp.Expr) -> exp.Expr:
    """Return the query of a statement: the statement itself, or the query that a change reads."""
    if isinstance(tree, exp.Update | exp.Delete):
        changed = exp.select("*").from_(target(tree).copy())
        changed.set("where", tree.args.get("where"))
        return changed
    query = tree.args.get("expression") if isinstance(tree, exp.Insert | exp.Create) else tree
    if isinstance(query, exp.Values):
        return exp.select("1")
    if not isinstance(query, exp.Query):
        raise StatementFailed("ERROR: EXPLAIN needs a SELECT, CREATE TABLE AS or a change")
    query.set("into", None)
    return query


def _rows(session: Session, table: exp.Table) -> int:
    relation = quoted_relation((table.db, table.name))
    return int(session.value(f"SELECT count(*) FROM {relation}"))
