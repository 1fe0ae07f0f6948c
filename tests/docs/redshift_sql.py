"""The table of features that the laptop's warehouse rejects, in docs/redshift-sql.md."""

from __future__ import annotations

from local_cloud.redshift.declared_types import UNAVAILABLE as TYPES
from local_cloud.redshift.engine import UNAVAILABLE as STATEMENTS
from local_cloud.redshift.s3.copy_options import UNAVAILABLE_FORMATS, UNAVAILABLE_SOURCES
from local_cloud.redshift.sql.functions.unavailable import unavailable_names

# Statements that the laptop supports only for some objects.
_PARTLY = ("ALTER",)


def refused() -> str:
    """Return the rows, sorted."""
    rows = {
        "statements": [word for word in sorted(STATEMENTS) if word not in _PARTLY],
        "other objects of": list(_PARTLY),
        "data types": sorted(TYPES),
        "COPY formats": sorted(UNAVAILABLE_FORMATS),
        "COPY sources": sorted(UNAVAILABLE_SOURCES),
        "functions": unavailable_names(),
    }
    lines = [
        f"| {kind} | {', '.join(f'`{name}`' for name in names)} |" for kind, names in rows.items()
    ]
    return "\n".join(["| what | names |", "|---|---|", *lines])
