"""The definition of `demand-quality`: a monitor with labels in the lake."""

from pipeline_code.workflow import Pipeline


def pipeline() -> Pipeline:
    """Captured requests + labels → drift and quality."""
    p = Pipeline(__file__, image="sklearn")
    p.monitor("demand", labels=p.lake("incoming", p.name))
    return p
