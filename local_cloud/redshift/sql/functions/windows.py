"""Window functions. Aggregate functions, which can have OVER too, are in `aggregates`."""

from __future__ import annotations

from local_cloud.redshift.redshift_types import FLOAT8, INT4, INT8
from local_cloud.redshift.sql.functions.registry import Function, Kind, same, window

ANY, INTEGER = Kind.ANY, Kind.INTEGER
FUNCTIONS: tuple[Function, ...] = (
    window("cume_dist", returns=FLOAT8, sql="cume_dist()"),
    window("dense_rank", returns=INT4, sql="dense_rank()"),
    window("first_value", ANY, returns=same, sql="first_value({0})"),
    window("last_value", ANY, returns=same, sql="last_value({0})"),
    *(window(name, ANY, returns=same, sql=f"{name}({{0}})") for name in ("lag", "lead")),
    *(
        window(name, ANY, INTEGER, returns=same, sql=f"{name}({{0}}, {{1}})")
        for name in ("lag", "lead")
    ),
    window("nth_value", ANY, INTEGER, returns=same, sql="nth_value({0}, {1})"),
    window("ntile", INTEGER, returns=INT8, sql="ntile({0})"),
    window("percent_rank", returns=FLOAT8, sql="percent_rank()"),
    window("rank", returns=INT4, sql="rank()"),
    window("ratio_to_report", Kind.FLOAT, returns=FLOAT8, sql="{0}"),
    window("row_number", returns=INT8, sql="row_number()"),
)
