"""Requests to endpoints: rows as bodies, and requests that every endpoint rejects."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from local_cloud.tests.hosted import Endpoint

CSV, LINES = "text/csv", "application/jsonlines"


@dataclass(frozen=True)
class Malformed:
    """An invalid request, the status of the response, and a part of the reason."""

    body: str | bytes
    reason: str
    content_type: str = CSV
    accept: str = CSV
    status: int = 400


def as_csv(*rows: Mapping[str, Any], header: bool = True) -> str:
    """Format the rows as CSV."""
    names = [",".join(rows[0])] if header else []
    return "\n".join([*names, *(",".join(map(str, row.values())) for row in rows), ""])


def as_lines(*rows: Mapping[str, Any]) -> str:
    """Format the rows as JSON lines."""
    return "".join(json.dumps(row) + "\n" for row in rows)


def malformed_for_all(good: str) -> list[Malformed]:
    """Return requests that no model accepts; `good` is CSV that the model accepts."""
    return [
        Malformed("", "no rows"),
        Malformed("", "no rows", content_type=LINES),
        Malformed("30,student\n", "2 fields without a header"),
        Malformed(bytes(range(256)), "request"),
        Malformed(bytes(range(256)), "request", content_type=LINES),
        Malformed(b"\xff\xfe" * 100, "request", content_type=LINES),
        Malformed(good, "allowed are text/csv and", content_type="application/json", status=415),
        Malformed(good, "accept 'image/png': allowed are", accept="image/png", status=406),
        Malformed(b"1,2,3\n" * 1_700_000, "exceeded 6291456 bytes", status=413),
    ]


def check_refused(endpoint: Endpoint, wrong: Malformed, *, good: str) -> None:
    """Assert that the request is rejected with its reason, and `good` is accepted afterwards."""
    status, reason = endpoint.refusal(wrong.body, wrong.content_type, wrong.accept)
    assert (status, wrong.reason in reason) == (wrong.status, True), reason[:1000]
    assert "Traceback" not in reason
    assert len(endpoint.numbers(good, CSV)) == 3
