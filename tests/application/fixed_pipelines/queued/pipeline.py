"""The definition of `queued`: one query without a time limit of the step."""

from pipeline_code.workflow import Pipeline


def pipeline() -> Pipeline:
    """Rows of the warehouse → files of this execution."""
    p = Pipeline(__file__)
    # The largest size has one row. With all sizes, the query does not end during a test.
    values = {"least_size": p.parameter("LeastSize", "40")}
    p.extract("Extract", "query.sql", values=values, long=True)
    return p
