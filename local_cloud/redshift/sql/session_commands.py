"""Transactions, SET, ANALYZE, VACUUM and EXPLAIN."""

from __future__ import annotations

import pyarrow as pa

from local_cloud.redshift.access_control import check_owner
from local_cloud.redshift.redshift_types import CATALOG_VARCHAR
from local_cloud.redshift.result_set import ResultColumn, ResultSet
from local_cloud.redshift.session import Session, StatementOutcome
from local_cloud.redshift.sql.dialect import parse
from local_cloud.redshift.sql.queries import shape
from local_cloud.redshift.sql.word_reader import Reader
from local_cloud.redshift.statement_errors import StatementFailed, refused

# Settings that tune or label work on the service and change no result.
NO_EFFECT = frozenset(
    (
        *("ANALYZE_THRESHOLD_PERCENT", "APPLICATION_NAME", "AUTO_ANALYZE", "QUERY_GROUP"),
        *("ENABLE_RESULT_CACHE_FOR_SESSION", "MAX_CURSOR_RESULT_SET_SIZE", "WLM_QUERY_SLOT_COUNT"),
    )
)


def begin(session: Session, reader: Reader) -> StatementOutcome:
    """BEGIN or START TRANSACTION: every request is a transaction already."""
    return StatementOutcome()


def commit(session: Session, reader: Reader) -> StatementOutcome:
    """COMMIT or END."""
    session.commit()
    session.begin()
    return StatementOutcome()


def rollback(session: Session, reader: Reader) -> StatementOutcome:
    """ROLLBACK or ABORT."""
    session.rollback()
    session.begin()
    return StatementOutcome()


def set_parameter(session: Session, reader: Reader) -> StatementOutcome:
    """SET: the search path and the session's user; others have no effect or are refused."""
    reader.expect("SET")
    if reader.accept("SESSION", "AUTHORIZATION"):
        return _set_user(session, reader)
    reader.accept("SESSION")
    reader.accept("LOCAL")
    name = reader.word()
    if not reader.accept("TO"):
        reader.expect("=")
    if name == "SEARCH_PATH":
        session.search_path = tuple(_path(session, reader))
    elif name not in NO_EFFECT:
        raise refused(f"SET {name.lower()}")
    return StatementOutcome()


def _path(session: Session, reader: Reader) -> list[str]:
    found = [_schema_name(reader)]
    while reader.accept(","):
        found.append(_schema_name(reader))
    reader.end()
    return [session.user if name == "$user" else name for name in found]


def _schema_name(reader: Reader) -> str:
    return reader.text().lower() if reader.next_is_text() else reader.name()


def _set_user(session: Session, reader: Reader) -> StatementOutcome:
    if not session.access.user(session.user).superuser:
        raise StatementFailed("ERROR: permission denied to set session authorization")
    name = reader.text().lower() if reader.next_is_text() else reader.name()
    reader.end()
    session.user = session.access.user(name).name
    return StatementOutcome()


def analyze(session: Session, reader: Reader) -> StatementOutcome:
    """ANALYZE [table …]: the laptop's planner needs no statistics of ours."""
    reader.expect("ANALYZE")
    if reader.accept("COMPRESSION"):
        raise refused("ANALYZE COMPRESSION")
    reader.accept("VERBOSE")
    if not reader.done:
        _check_maintained(session, reader)
    return StatementOutcome()


def vacuum(session: Session, reader: Reader) -> StatementOutcome:
    """VACUUM [kind] [table …]: there is nothing to reclaim or to sort."""
    reader.expect("VACUUM")
    if not session.autocommit:
        raise StatementFailed("ERROR: VACUUM cannot run inside a transaction block")
    for words in (("FULL",), ("SORT", "ONLY"), ("DELETE", "ONLY"), ("REINDEX",), ("RECLUSTER",)):
        if reader.accept(*words):
            break
    if not reader.done:
        _check_maintained(session, reader)
    return StatementOutcome()


def _check_maintained(session: Session, reader: Reader) -> None:
    relation = session.catalog().existing(reader.qualified_name())
    check_owner(session.access, session.user, session.securable(relation))


def explain(session: Session, reader: Reader) -> StatementOutcome:
    """EXPLAIN query: the plan of the laptop's engine, one line per row."""
    reader.expect("EXPLAIN")
    reader.accept("VERBOSE")
    query = shape(session, parse(reader.rest()), {})
    plan = session.execute(f"EXPLAIN {query.sql}").fetchall()
    lines = [line for _, text in plan for line in text.splitlines()]
    column = ResultColumn("query plan", CATALOG_VARCHAR)
    return StatementOutcome(len(lines), ResultSet((column,), pa.table({"query plan": lines})))
