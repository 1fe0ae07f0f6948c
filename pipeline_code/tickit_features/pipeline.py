"""tickit-features: writes what is known about venues, events and sales into feature groups."""

from pipeline_code.workflow import Pipeline

# The feature group -> the name of its steps. The query of a group has its name.
GROUPS = {"venues": "Venues", "events": "Events", "sales-by-day": "SalesByDay"}


def pipeline() -> Pipeline:
    """Warehouse → rows of a group → records that the group does not have yet."""
    p = Pipeline(__file__, image="sklearn")
    processing = p.instance("Processing", "ml.m5.large")
    period = {
        "first_day": p.parameter("FirstDay", "1900-01-01"),  # all days
        "last_day": p.parameter("LastDay", "2999-12-31"),
    }
    for group, name in GROUPS.items():
        query = f"{group.replace('-', '_')}.sql"
        rows = p.extract(f"Extract{name}", query, values=period)
        p.ingest(f"Ingest{name}", group, rows, processing)
    return p
