"""System tables of the load errors of COPY.

Sources: pages "STL_LOAD_ERRORS" and "SYS_LOAD_ERROR_DETAIL" of the Developer Guide.
"""

from __future__ import annotations

from local_cloud.redshift.catalog import Catalog
from local_cloud.redshift.session import Session
from local_cloud.redshift.system_tables.registry import Rows, SystemTable, system_table


def _load_errors(session: Session, _: Catalog) -> Rows:
    for row in session.warehouse.load_errors.rows(session.database):
        e = row.error
        key = (100, 0, 0, row.at, row.query, row.query)
        position = (e.file, e.line, e.column, e.type, e.width, 0)
        yield *key, *position, e.raw_line, e.value, e.code, e.reason


def _load_error_details(session: Session, _: Catalog) -> Rows:
    for row in session.warehouse.load_errors.rows(session.database):
        e = row.error
        position = (session.database, row.table, row.at, e.file, e.line, e.column, e.type)
        yield 100, row.query, *position, e.width, 0, e.code, e.reason


TABLES: tuple[SystemTable, ...] = (
    system_table(
        "stl_load_errors",
        "userid int; slice int; tbl int; starttime timestamp; session int; query int; "
        "filename char(256); line_number bigint; colname char(127); type char(10); "
        "col_length char(10); position int; raw_line char(1024); raw_field_value char(1024); "
        "err_code int; err_reason char(100)",
        _load_errors,
    ),
    system_table(
        "sys_load_error_detail",
        "user_id int; query_id bigint; database_name char(128); table_name char(128); "
        "start_time timestamp; file_name char(256); line_number bigint; column_name char(127); "
        "column_type char(10); column_length char(10); position int; error_code int; "
        "error_message char(512)",
        _load_error_details,
    ),
)
