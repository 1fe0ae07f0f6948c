"""What the statements of one query execution have in common."""

from __future__ import annotations

from dataclasses import dataclass

from local_cloud.athena.sql.catalog import LakeCatalog
from local_cloud.athena.sql.query_engine import QueryEngine


@dataclass(frozen=True)
class QueryContext:
    """`results` is the URI of the results; `enforced`: the workgroup alone decides it."""

    database: str
    catalog: LakeCatalog
    engine: QueryEngine
    query_id: str
    results: str
    enforced: bool
