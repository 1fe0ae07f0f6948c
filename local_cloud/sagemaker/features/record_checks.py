"""Checks the values of a record against the schema and the limits of the service.

https://docs.aws.amazon.com/sagemaker/latest/dg/feature-store-quotas.html
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

from local_cloud.sagemaker.features.exceptions import InvalidRecord
from local_cloud.sagemaker.features.feature_group import FeatureGroup

MAX_RECORD_BYTES = MAX_VALUE_BYTES = 350 * 1024
MAX_IDENTIFIER_BYTES = 2 * 1024
_INTEGER = re.compile(r"[+-]?\d+")


def checked_values(group: FeatureGroup, record: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Return the values of a record by feature. Raises `InvalidRecord`."""
    values: dict[str, str] = {}
    for each in record:
        name = each["FeatureName"]
        if name not in group.types:
            raise InvalidRecord(f"Feature {name} is not in the feature group {group.name}.")
        if name in values:
            raise InvalidRecord(f"Feature {name} is in the record more than once.")
        if each.get("ValueAsStringList") is not None:
            raise InvalidRecord(
                f"Feature {name}: the laptop cloud does not support ValueAsStringList; use "
                "ValueAsString."
            )
        if each.get("ValueAsString") is not None:
            values[name] = each["ValueAsString"]
    for required in (group.identifier, group.event_time):
        if not values.get(required):
            raise InvalidRecord(f"The record has no value for the feature {required}.")
    for name, text in values.items():
        python_value(name, text, group.types[name])
    _check_sizes(group, values)
    return values


def python_value(name: str, text: str, feature_type: str) -> str | int | float:
    """Return a value in its type. Raises `InvalidRecord`."""
    if feature_type == "Integral":
        if _INTEGER.fullmatch(text) and -(2**63) <= int(text) < 2**63:
            return int(text)
        raise InvalidRecord(f"Feature {name}: {text!r:.60} is not an integer of 64 bits.")
    if feature_type == "Fractional":
        try:
            number = float(text)
        except ValueError:
            number = math.nan
        if math.isfinite(number):
            return number
        raise InvalidRecord(f"Feature {name}: {text!r:.60} is not a finite number.")
    return text


def _check_sizes(group: FeatureGroup, values: Mapping[str, str]) -> None:
    sizes = {name: len(text.encode()) for name, text in values.items()}
    check_identifier(values[group.identifier])
    for name, size in sizes.items():
        if size > MAX_VALUE_BYTES:
            raise InvalidRecord(f"Feature {name} has {size} bytes; at most {MAX_VALUE_BYTES}.")
    total = sum(len(name.encode()) + size for name, size in sizes.items())
    if total > MAX_RECORD_BYTES:
        raise InvalidRecord(f"The record has {total} bytes; at most {MAX_RECORD_BYTES}.")


def check_identifier(text: str) -> None:
    """Raise `InvalidRecord` if an identifier is too long."""
    if len(text.encode()) > MAX_IDENTIFIER_BYTES:
        raise InvalidRecord(
            f"The record identifier has {len(text.encode())} bytes; at most {MAX_IDENTIFIER_BYTES}."
        )
