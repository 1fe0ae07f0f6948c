"""BEGIN, COMMIT, ROLLBACK, SET, RESET, ANALYZE and VACUUM."""

from __future__ import annotations

from local_cloud.redshift import session_parameters
from local_cloud.redshift.access_control import check_owner
from local_cloud.redshift.session import Session, StatementOutcome
from local_cloud.redshift.session_parameters import DEFAULT_SEARCH_PATH, SEARCH_PATH
from local_cloud.redshift.sql.word_reader import Reader
from local_cloud.redshift.statement_errors import StatementFailed, refused


def begin(session: Session, reader: Reader) -> StatementOutcome:
    """Run BEGIN or START TRANSACTION. No-op: each request is already a transaction."""
    return StatementOutcome()


def commit(session: Session, reader: Reader) -> StatementOutcome:
    """Run COMMIT or END."""
    session.commit()
    session.begin()
    return StatementOutcome()


def rollback(session: Session, reader: Reader) -> StatementOutcome:
    """Run ROLLBACK or ABORT."""
    session.rollback()
    session.begin()
    return StatementOutcome()


def set_parameter(session: Session, reader: Reader) -> StatementOutcome:
    """Run SET parameter {TO | =} value, or SET SESSION AUTHORIZATION."""
    reader.expect("SET")
    if reader.accept("SESSION", "AUTHORIZATION"):
        return _set_user(session, reader)
    reader.accept("SESSION")
    reader.accept("LOCAL")
    name = reader.name()
    if not reader.accept("TO"):
        reader.expect("=")
    if reader.accept("DEFAULT"):
        _reset(session, name)
    elif name == SEARCH_PATH:
        session.set_search_path(_path(reader))
    else:
        session_parameters.check_settable(name)
        session.parameters[name] = reader.text() if reader.next_is_text() else reader.rest().lower()
    return StatementOutcome()


def reset(session: Session, reader: Reader) -> StatementOutcome:
    """Run RESET parameter."""
    reader.expect("RESET")
    name = reader.name()
    reader.end()
    _reset(session, name)
    return StatementOutcome()


def _reset(session: Session, name: str) -> None:
    if name == SEARCH_PATH:
        session.set_search_path(list(DEFAULT_SEARCH_PATH))
        return
    session_parameters.check_settable(name)
    session.parameters[name] = session_parameters.defaults()[name]


def _path(reader: Reader) -> list[str]:
    found = [_schema_name(reader)]
    while reader.accept(","):
        found.append(_schema_name(reader))
    reader.end()
    return found


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
    """Run ANALYZE [table …]. No-op: the laptop's planner needs no statistics."""
    reader.expect("ANALYZE")
    if reader.accept("COMPRESSION"):
        raise refused("ANALYZE COMPRESSION")
    reader.accept("VERBOSE")
    if not reader.done:
        _check_maintained(session, reader)
    return StatementOutcome()


def vacuum(session: Session, reader: Reader) -> StatementOutcome:
    """Run VACUUM [kind] [table …]. No-op: there is no space to reclaim and no row to sort."""
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
