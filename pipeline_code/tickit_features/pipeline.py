"""tickit-features: writes what is known about venues, events and sales into feature groups."""

from typing import Literal

from pipeline_code.workflow import Pipeline

Engine = Literal["processing", "spark"]

# The feature group -> the name of its steps. The query of a group has its name.
GROUPS = {"venues": "Venues", "events": "Events", "sales-by-day": "SalesByDay"}


def pipeline(*, engine: Engine = "processing") -> Pipeline:
    """Warehouse → rows of a group → records that the group does not have yet.

    The flow of features.py prepares the rows of venues for `venues-prepared`, which `engine`
    writes.
    """
    p = Pipeline(__file__, image="sklearn")
    processing = p.instance("Processing", "ml.m5.large")
    period = {
        "first_day": p.parameter("FirstDay", "1900-01-01"),  # all days
        "last_day": p.parameter("LastDay", "2999-12-31"),
    }
    rows = {}
    for group, name in GROUPS.items():
        query = f"{group.replace('-', '_')}.sql"
        rows[group] = p.extract(f"Extract{name}", query, values=period)
        p.ingest(f"Ingest{name}", group, rows[group], processing)
    p.ingest(
        "IngestPrepared", "venues-prepared", rows["venues"], processing, flow=True, engine=engine
    )
    return p
