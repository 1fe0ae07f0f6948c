"""Checks the requests that create and change feature groups.

https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateFeatureGroup.html
https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_UpdateFeatureGroup.html
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from local_cloud.sagemaker.api.request_shapes import check_request
from local_cloud.sagemaker.exceptions import ValidationFailed
from local_cloud.sagemaker.features.offline_store import RESERVED

MAX_FEATURES = 2500
Request = Mapping[str, Any]


def check_creation(request: Request) -> None:
    """Raise `ValidationFailed` with all errors of a CreateFeatureGroup request."""
    check_request("CreateFeatureGroupRequest", request)
    _raise([*_schema(request), *_stores(request), *_unsupported(request)])


def check_additions(additions: list[dict[str, Any]], existing: Iterable[str]) -> None:
    """Raise `ValidationFailed` if features cannot be added to those that exist."""
    names = [*existing, *(each["FeatureName"] for each in additions)]
    _raise([*_names(names), *_collections(additions)])


def _raise(findings: list[str]) -> None:
    if findings:
        raise ValidationFailed(f"Validation Error: {' '.join(findings)}")


def _names(names: list[str]) -> Iterator[str]:
    repeated = [name for name, count in Counter(map(str.lower, names)).items() if count > 1]
    if repeated:
        yield f"Feature names must be unique, not repeated: {', '.join(repeated)}."
    reserved = [name for name in names if name in RESERVED]
    if reserved:
        yield f"The feature names {', '.join(reserved)} are reserved."
    if len(names) > MAX_FEATURES:
        yield f"A feature group has at most {MAX_FEATURES} features, not {len(names)}."


def _schema(request: Request) -> Iterator[str]:
    types = {each["FeatureName"]: each["FeatureType"] for each in request["FeatureDefinitions"]}
    yield from _names([each["FeatureName"] for each in request["FeatureDefinitions"]])
    yield from _collections(request["FeatureDefinitions"])
    for member in ("RecordIdentifierFeatureName", "EventTimeFeatureName"):
        if request[member] not in types:
            yield f"{member} {request[member]} is not in FeatureDefinitions."
    if types.get(request["EventTimeFeatureName"]) == "Integral":
        yield "The type of the event time must be String or Fractional, not Integral."


def _stores(request: Request) -> Iterator[str]:
    online, offline = request.get("OnlineStoreConfig"), request.get("OfflineStoreConfig")
    if not (online or {}).get("EnableOnlineStore") and not offline:
        yield "At least one of OnlineStoreConfig and OfflineStoreConfig is required."
    if offline and not request.get("RoleArn"):
        yield "RoleArn is required with OfflineStoreConfig."


def _collections(definitions: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    for each in definitions:
        if each.get("CollectionType"):
            yield (
                f"The laptop cloud does not support CollectionType of feature "
                f"{each['FeatureName']}."
            )


def _unsupported(request: Request) -> Iterator[str]:
    """Return the features of the service that the laptop cloud does not have."""
    online, offline = request.get("OnlineStoreConfig") or {}, request.get("OfflineStoreConfig")
    if online.get("StorageType", "Standard") != "Standard":
        yield "The laptop cloud supports StorageType Standard only."
    if (offline or {}).get("TableFormat") == "Iceberg":
        yield "The laptop cloud supports TableFormat Glue only."
    if (request.get("ThroughputConfig") or {}).get("ThroughputMode") == "Provisioned":
        yield "The laptop cloud supports ThroughputMode OnDemand only."
