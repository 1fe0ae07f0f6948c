"""System tables of the query history.

Sources: pages "STL_QUERY", "STL_QUERYTEXT" and "SYS_QUERY_HISTORY" of the Developer Guide.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from local_cloud.redshift.catalog import Catalog
from local_cloud.redshift.query_history import HistoryEntry, now
from local_cloud.redshift.session import Session
from local_cloud.redshift.system_tables.registry import Rows, SystemTable, system_table

_LABEL = "default"
_TEXT_BYTES = 200
_SESSION = 1073741824
# STL_QUERY does not contain DDL and utility statements.
_QUERIES = ("SELECT", "INSERT", "UPDATE", "DELETE", "COPY", "UNLOAD", "CTAS")


def _visible(session: Session) -> list[HistoryEntry]:
    """Return the visible statements: all for a superuser, else those of the user."""
    superuser = session.access.user(session.user).superuser
    return [
        entry
        for entry in session.warehouse.history.entries()
        if superuser or entry.user == session.user
    ]


def _label(entry: HistoryEntry) -> str:
    return _LABEL if entry.label == "unset" else entry.label


def _user_id(session: Session, entry: HistoryEntry) -> int:
    known = entry.user in session.access.users
    return session.access.user_id(entry.user) if known else 0


def _microseconds(start: datetime, end: datetime | None) -> int:
    return ((end or now()) - start) // timedelta(microseconds=1)


def _stl_query(session: Session, _: Catalog) -> Rows:
    for entry in _visible(session):
        if entry.kind in _QUERIES and entry.ended is not None:
            who = (_user_id(session, entry), entry.id, _label(entry), entry.id, _SESSION)
            times = (entry.started, entry.ended)
            yield *who, entry.database, entry.text[:4000], *times, int(bool(entry.error)), 0, 0


def _stl_querytext(session: Session, _: Catalog) -> Rows:
    for entry in _visible(session):
        if entry.kind in _QUERIES:
            user = _user_id(session, entry)
            for number, start in enumerate(range(0, len(entry.text), _TEXT_BYTES)):
                part = entry.text[start : start + _TEXT_BYTES]
                yield user, entry.id, _SESSION, entry.id, number, part


def _sys_query_history(session: Session, _: Catalog) -> Rows:
    for entry in _visible(session):
        elapsed = _microseconds(entry.started, entry.ended)
        who = (_user_id(session, entry), entry.id, _label(entry), entry.id, _SESSION)
        what = (entry.database, entry.kind, entry.status, False)
        times = (entry.started, entry.ended, elapsed, 0, elapsed)
        result = (entry.error[:512], entry.rows, 0, entry.text[:4000])
        yield *who, *what, *times, *result, "1.0.0", "", "primary", 0, 0, 0


TABLES: tuple[SystemTable, ...] = (
    system_table(
        "stl_query",
        "userid int; query int; label char(320); xid bigint; pid int; database char(32); "
        "querytxt char(4000); starttime timestamp; endtime timestamp; aborted int; "
        "insert_pristine int; concurrency_scaling_status int",
        _stl_query,
    ),
    system_table(
        "stl_querytext",
        "userid int; xid bigint; pid int; query int; sequence int; text char(200)",
        _stl_querytext,
    ),
    system_table(
        "sys_query_history",
        "user_id int; query_id bigint; query_label char(320); transaction_id bigint; "
        "session_id int; database_name char(128); query_type char(32); status char(10); "
        "result_cache_hit boolean; start_time timestamp; end_time timestamp; "
        "elapsed_time bigint; queue_time bigint; execution_time bigint; "
        "error_message char(512); returned_rows bigint; returned_bytes bigint; "
        "query_text char(4000); redshift_version char(256); usage_limit char(150); "
        "compute_type varchar(32); compile_time bigint; planning_time bigint; "
        "lock_wait_time bigint",
        _sys_query_history,
    ),
)
