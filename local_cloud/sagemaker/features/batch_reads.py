"""BatchGetRecord: the records of several feature groups.

At most 100 records of at most 100 groups: https://docs.aws.amazon.com/sagemaker/latest/dg/feature-store-quotas.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from moto.core.exceptions import ServiceException

from local_cloud.sagemaker.features.exceptions import InvalidRecord
from local_cloud.sagemaker.features.feature_group_store import FeatureGroupStore
from local_cloud.sagemaker.features.records import get_record

MAX_RECORDS = 100


def batch_get(features: FeatureGroupStore, request: Mapping[str, Any]) -> dict[str, Any]:
    """Return the found records, and one error for each record of an unusable group."""
    wanted = list(_identifiers(request))
    if len(wanted) > MAX_RECORDS:
        raise InvalidRecord(f"The request has {len(wanted)} identifiers; at most {MAX_RECORDS}.")
    answer: dict[str, Any] = {"Records": [], "Errors": [], "UnprocessedIdentifiers": []}
    for group, identifier, names in wanted:
        entry = {"FeatureGroupName": group, "RecordIdentifierValueAsString": identifier}
        options = {
            "RecordIdentifierValueAsString": identifier,
            "FeatureNames": names,
            "ExpirationTimeResponse": request.get("ExpirationTimeResponse"),
        }
        try:
            found = get_record(features.find(group), options)
        except ServiceException as error:
            failed = {"ErrorCode": error.code, "ErrorMessage": str(error.message)}
            answer["Errors"].append({**entry, **failed})
            continue
        if found:
            answer["Records"].append({**entry, **found})
    return answer


def _identifiers(request: Mapping[str, Any]) -> Iterator[tuple[str, str, list[str] | None]]:
    for each in request["Identifiers"]:
        for identifier in each["RecordIdentifiersValueAsString"]:
            yield each["FeatureGroupName"], identifier, each.get("FeatureNames")
