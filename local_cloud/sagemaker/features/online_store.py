"""The online store of a feature group: the latest record of each identifier, until it expires.

https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_feature_store_PutRecord.html
https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_feature_store_DeleteRecord.html
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

_SECONDS = {"Seconds": 1, "Minutes": 60, "Hours": 3600, "Days": 86_400, "Weeks": 604_800}


@dataclass(frozen=True)
class OnlineRecord:
    """The values of a record by feature; `values` is None after a soft delete.

    Times are in nanoseconds since 1970.
    """

    event_time: int
    values: Mapping[str, str] | None
    expires: int | None = None

    def is_readable(self, now: int) -> bool:
        """Return whether GetRecord finds the record."""
        return self.values is not None and (self.expires is None or self.expires > now)


@dataclass
class OnlineStore:
    """The latest records by identifier."""

    records: dict[str, OnlineRecord] = field(default_factory=dict)

    def put(self, identifier: str, record: OnlineRecord, now: int) -> bool:
        """Store the record unless the stored one is as new. Return whether it did.

        An expired record is hard deleted: it does not count.
        """
        found = self.records.get(identifier)
        is_stored = found is not None and (found.expires is None or found.expires > now)
        if is_stored and found is not None and found.event_time >= record.event_time:
            return False
        self.records[identifier] = record
        return True

    def get(self, identifier: str, now: int) -> OnlineRecord | None:
        """Return the record; None if it does not exist, is deleted or has expired."""
        found = self.records.get(identifier)
        return found if found is not None and found.is_readable(now) else None

    def remove(self, identifier: str) -> None:
        """Remove the record completely."""
        self.records.pop(identifier, None)


def expiration(event_time: int, time_to_live: Mapping[str, Any] | None) -> int | None:
    """Return event time + `TtlDuration`, in nanoseconds; None without a duration."""
    if not time_to_live or time_to_live.get("Value") is None:
        return None
    return event_time + int(time_to_live["Value"]) * _SECONDS[time_to_live["Unit"]] * 10**9
