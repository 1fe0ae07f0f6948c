"""What the server is asked about its faults: which there are, one more, or none any more."""

from __future__ import annotations

import json
from typing import Any

from local_cloud.faults.fault import Fault, InvalidFault
from local_cloud.faults.fault_registry import FAULTS


def changed(method: str, body: bytes) -> dict[str, Any]:
    """The report after GET (nothing changes), POST (a fault's fields) or DELETE (all go)."""
    if method == "DELETE":
        FAULTS.clear()
    elif method == "POST":
        try:
            FAULTS.inject(Fault(**json.loads(body)))
        except InvalidFault as error:
            return {"error": str(error)}
    return FAULTS.report()
