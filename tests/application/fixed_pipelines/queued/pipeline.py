"""The definition of `queued`: one query whose result is waited for as long as it takes."""

from pipeline_code.workflow import Pipeline


def pipeline() -> Pipeline:
    """Rows of the warehouse → files of this execution."""
    p = Pipeline(__file__)
    # The largest size has one row; with all of them the query does not end in a test.
    values = {"least_size": p.parameter("LeastSize", "40")}
    p.extract("Extract", "query.sql", values=values, long=True)
    return p
