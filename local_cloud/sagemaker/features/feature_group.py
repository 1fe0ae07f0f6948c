"""A feature group: its schema, its latest records, and the rows that wait for the offline store."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from local_cloud.sagemaker.features.online_store import OnlineStore

Request = Mapping[str, Any]
Row = dict[str, Any]

_MEMBERS = (
    *("FeatureGroupName", "RecordIdentifierFeatureName", "EventTimeFeatureName", "RoleArn"),
    *("Description", "OnlineStoreConfig", "OfflineStoreConfig"),
)
ONLINE, OFFLINE = "OnlineStore", "OfflineStore"


@dataclass
class FeatureGroup:
    """A feature group and its data. `lock` protects the data.

    `request` has the members of CreateFeatureGroup; the offline configuration is resolved. `rows`
    are not in S3 yet.
    """

    arn: str
    request: dict[str, Any]
    tags: list[dict[str, str]]
    definitions: list[dict[str, str]]
    created: datetime = field(default_factory=lambda: datetime.now(UTC))
    modified: datetime = field(default_factory=lambda: datetime.now(UTC))
    online: OnlineStore = field(default_factory=OnlineStore)
    rows: list[Row] = field(default_factory=list)
    blocked_reason: str | None = None
    lock: threading.RLock = field(default_factory=threading.RLock)

    def __getstate__(self) -> dict[str, Any]:
        """Return the data of one moment: other threads write records while they are saved."""
        with self.lock:
            online = OnlineStore(dict(self.online.records))
            return {**vars(self), "online": online, "rows": list(self.rows)}

    @property
    def name(self) -> str:
        """The name."""
        return str(self.request["FeatureGroupName"])

    @property
    def identifier(self) -> str:
        """The name of the feature that identifies a record."""
        return str(self.request["RecordIdentifierFeatureName"])

    @property
    def event_time(self) -> str:
        """The name of the feature with the event time."""
        return str(self.request["EventTimeFeatureName"])

    @property
    def types(self) -> dict[str, str]:
        """The types of the features, by name."""
        return {each["FeatureName"]: each["FeatureType"] for each in self.definitions}

    @property
    def stores(self) -> tuple[str, ...]:
        """The stores of the group: `OnlineStore`, `OfflineStore` or both."""
        online = (self.request.get("OnlineStoreConfig") or {}).get("EnableOnlineStore", False)
        offline = self.request.get("OfflineStoreConfig") is not None
        return (*((ONLINE,) if online else ()), *((OFFLINE,) if offline else ()))

    @property
    def time_to_live(self) -> Mapping[str, Any] | None:
        """The default `TtlDuration` of new records."""
        online = self.request.get("OnlineStoreConfig") or {}
        found: Mapping[str, Any] | None = online.get("TtlDuration")
        return found

    @property
    def online_key(self) -> str | None:
        """The customer key of the online store."""
        security = (self.request.get("OnlineStoreConfig") or {}).get("SecurityConfig") or {}
        key: str | None = security.get("KmsKeyId")
        return key

    def describe(self) -> dict[str, Any]:
        """Return the response of DescribeFeatureGroup."""
        given = {name: self.request[name] for name in _MEMBERS if self.request.get(name)}
        return {
            **given,
            **self.summary(),
            "FeatureDefinitions": self.definitions,
            "LastModifiedTime": self.modified,
            "LastUpdateStatus": {"Status": "Successful"},
            "ThroughputConfig": {"ThroughputMode": "OnDemand"},
        }

    def summary(self) -> dict[str, Any]:
        """Return the entry of ListFeatureGroups."""
        return {
            "FeatureGroupName": self.name,
            "FeatureGroupArn": self.arn,
            "CreationTime": self.created,
            "FeatureGroupStatus": "Created",
            **({"OfflineStoreStatus": self._offline_status()} if OFFLINE in self.stores else {}),
        }

    def _offline_status(self) -> dict[str, str]:
        if self.blocked_reason is None:
            return {"Status": "Active"}
        return {"Status": "Blocked", "BlockedReason": self.blocked_reason[:1024]}
