"""tickit-monitor: compares the inputs of tickit's models with their training data."""

from typing import Literal

from pipeline_code.workflow import Pipeline


def pipeline(*, labels: Literal["none", "warehouse"] = "none") -> Pipeline:
    """Inputs of a window + baseline of the approved model → violations → metrics.

    With `labels="warehouse"`, sold tickets measure the predictions of requests as well.
    """
    p = Pipeline(__file__, image="sklearn")
    query = "labels.sql" if labels == "warehouse" else None
    # Months differ: December has four times as many rows on holidays as the year.
    p.monitor("tickit", batches="tickit-batch", labels=query, max_changed_share=0.05)
    return p
