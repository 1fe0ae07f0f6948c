"""Puts, reads and deletes the records of a feature group.

https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_Operations_Amazon_SageMaker_Feature_Store_Runtime.html
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from local_cloud.sagemaker.features.event_times import moment, nanoseconds
from local_cloud.sagemaker.features.exceptions import InvalidRecord
from local_cloud.sagemaker.features.feature_group import OFFLINE, ONLINE, FeatureGroup
from local_cloud.sagemaker.features.offline_store import INVOCATION_TIME, IS_DELETED
from local_cloud.sagemaker.features.online_store import OnlineRecord, expiration
from local_cloud.sagemaker.features.record_checks import (
    check_identifier,
    checked_values,
    python_value,
)

Request = Mapping[str, Any]


def put_record(group: FeatureGroup, request: Request) -> None:
    """Perform PutRecord: append the record offline; replace an older record online."""
    values = checked_values(group, request["Record"])
    event_time = nanoseconds(values[group.event_time], group.types[group.event_time])
    stores = _stores(group, request)
    lifetime = request.get("TtlDuration") or group.time_to_live
    record = OnlineRecord(event_time, values, expiration(event_time, lifetime))
    with group.lock:
        if ONLINE in stores:
            group.online.put(values[group.identifier], record, time.time_ns())
        if OFFLINE in stores:
            _append(group, values, is_deleted=False)


def delete_record(group: FeatureGroup, request: Request) -> None:
    """Perform DeleteRecord.

    A soft delete leaves a record without values, and the event time of the deletion.
    """
    identifier = request["RecordIdentifierValueAsString"]
    check_identifier(identifier)
    marker = {group.identifier: identifier, group.event_time: request["EventTime"]}
    for name, text in marker.items():
        python_value(name, text, group.types[name])
    event_time = nanoseconds(request["EventTime"], group.types[group.event_time])
    stores = _stores(group, request)
    with group.lock:
        if ONLINE in stores:
            _delete_online(group, identifier, event_time, request.get("DeletionMode"))
        if OFFLINE in stores:
            _append(group, marker, is_deleted=True)


def get_record(group: FeatureGroup, request: Request) -> dict[str, Any]:
    """Perform GetRecord; without a record, the response is empty."""
    if ONLINE not in group.stores:
        raise InvalidRecord(f"The feature group {group.name} has no online store.")
    names = _wanted(group, request.get("FeatureNames"))
    with group.lock:
        found = group.online.get(request["RecordIdentifierValueAsString"], time.time_ns())
    if found is None or found.values is None:
        return {}
    record = [
        {"FeatureName": name, "ValueAsString": found.values[name]}
        for name in names
        if name in found.values
    ]
    shown = {"Record": record} if record else {}
    if request.get("ExpirationTimeResponse") == "Enabled" and found.expires is not None:
        return {**shown, "ExpiresAt": f"{moment(found.expires):%Y-%m-%dT%H:%M:%SZ}"}
    return shown


def _delete_online(group: FeatureGroup, identifier: str, event_time: int, mode: str | None) -> None:
    if mode != "HardDelete":
        group.online.put(identifier, OnlineRecord(event_time, None), time.time_ns())
        return
    found = group.online.records.get(identifier)
    if found is not None and found.event_time >= event_time:
        raise InvalidRecord(
            f"EventTime: the record {identifier!r:.60} has this event time or a later one."
        )
    group.online.remove(identifier)


def _append(group: FeatureGroup, values: Mapping[str, str], *, is_deleted: bool) -> None:
    types = group.types
    row = {name: python_value(name, text, types[name]) for name, text in values.items()}
    now = datetime.now(UTC).replace(tzinfo=None)
    group.rows.append({**row, INVOCATION_TIME: now, IS_DELETED: is_deleted})


def _stores(group: FeatureGroup, request: Request) -> Sequence[str]:
    wanted: Sequence[str] = request.get("TargetStores") or group.stores
    missing = [store for store in wanted if store not in group.stores]
    if missing:
        raise InvalidRecord(f"The feature group {group.name} has no {' and no '.join(missing)}.")
    return wanted


def _wanted(group: FeatureGroup, names: Sequence[str] | None) -> Sequence[str]:
    unknown = [name for name in names or () if name not in group.types]
    if unknown:
        raise InvalidRecord(f"Features {', '.join(unknown)} are not in {group.name}.")
    return names or list(group.types)
