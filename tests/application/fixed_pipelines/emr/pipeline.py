"""The definition of `emr`: a Spark job on the EMR cluster of the environment."""

from pipeline_code.workflow import Pipeline


def pipeline() -> Pipeline:
    """A job that needs no role of the pipeline."""
    p = Pipeline(__file__)
    p.emr_step("Join", ["spark-submit", "s3://jobs/join.py"])
    return p
