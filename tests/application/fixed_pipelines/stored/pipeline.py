"""The definition of `stored`: a pipeline that fills a feature group and reads its table."""

from pipeline_code.workflow import Pipeline, athena


def pipeline() -> Pipeline:
    """Rows → feature group → rows of Athena."""
    p = Pipeline(__file__, image="sklearn")
    instance = p.instance("Processing", "ml.t3.medium")
    greet = p.processing("Greet", "greet.py", instance, outputs=["greeting"])
    p.ingest("Ingest", "visits", greet["greeting"], instance)
    p.processing(
        "Read", "greet.py", instance, inputs={"visits": athena("query.sql")}, outputs=["greeting"]
    )
    return p
