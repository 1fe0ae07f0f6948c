"""The definition of `queued`: queries without a time limit of the step."""

from pipeline_code.workflow import Incremental, Pipeline


def pipeline() -> Pipeline:
    """Rows of the warehouse → files of this execution, after days that all executions use."""
    p = Pipeline(__file__)
    days = p.extract(
        "ExtractDays", "days.sql", long=True, incremental=Incremental(day="sold_on", late_days=0)
    )
    # The largest size has one row. With all sizes, the query does not end during a test.
    values = {"least_size": p.parameter("LeastSize", "40")}
    p.extract("Extract", "query.sql", values=values, long=True, depends_on=[days])
    return p
