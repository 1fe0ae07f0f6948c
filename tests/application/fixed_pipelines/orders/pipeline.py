"""The definition of `orders`: a model of the rows of another database than the warehouse."""

from pipeline_code.workflow import Pipeline


def pipeline() -> Pipeline:
    """PostgreSQL → rows → model."""
    p = Pipeline(__file__, image="sklearn")
    rows = p.database(
        "Read",
        "databases/orders.sql",
        p.instance("Processing", "ml.m5.large"),
        connector="postgresql",
        database="orders",
    )
    train = p.instance("Training", "ml.m5.large")
    p.training("Train", "train.py", train, channels={"train": rows.uri})
    return p
