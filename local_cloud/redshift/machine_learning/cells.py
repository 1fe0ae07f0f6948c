"""The texts of values in CSV: those that a model receives, and those that it returns."""

from __future__ import annotations

from local_cloud.redshift.machine_learning.models import AUTO, XGBOOST
from local_cloud.redshift.redshift_types import RedshiftType


def cell(sql: str, of: RedshiftType, kind: str) -> str:
    """Return DuckDB's SQL for the text of a value. NULL stays NULL: an empty cell.

    AWS documents no text for booleans. The AutoML search has True and False; others have 1 and 0.
    """
    if of.name == "bool":
        yes, no = ("'True'", "'False'") if kind == AUTO else ("'1'", "'0'")
        return f"CASE WHEN {sql} THEN {yes} WHEN NOT {sql} THEN {no} END"
    return f"CAST({sql} AS VARCHAR)"


def predicted(sql: str, to: RedshiftType, kind: str) -> str:
    """Return DuckDB's SQL for a value that a model returned as a text.

    3.0 and 1e2 are also integers. XGBoost returns a number for a boolean.
    """
    if to.is_integer or to.name == "numeric" or (to.name == "bool" and kind == XGBOOST):
        return f"CAST(CAST({sql} AS DOUBLE) AS {to.storage})"
    return f"CAST({sql} AS {to.storage})"
