"""The event times of records: ISO 8601 texts, or seconds since 1970.

https://docs.aws.amazon.com/sagemaker/latest/dg/feature-store-quotas.html ("Data types")
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation

from local_cloud.sagemaker.features.exceptions import InvalidRecord

_TEXT = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{3}|\d{9}))?Z")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NANOSECONDS = 1_000_000_000
_FORMATS = "yyyy-MM-ddTHH:mm:ssZ, with 0, 3 or 9 digits after the seconds"


def nanoseconds(text: str, feature_type: str) -> int:
    """Return the nanoseconds since 1970. Raises `InvalidRecord` for another format."""
    return _of_seconds(text) if feature_type == "Fractional" else _of_text(text)


def moment(time: int) -> datetime:
    """Return the time in UTC, without what is below a microsecond."""
    return _EPOCH + timedelta(microseconds=time // 1000)


def _of_text(text: str) -> int:
    matched = _TEXT.fullmatch(text)
    try:
        second = datetime.fromisoformat(f"{matched[1]}+00:00") if matched else None
    except ValueError:
        second = None
    if matched is None or second is None:
        raise InvalidRecord(f"The event time {text!r:.60} is not in the format {_FORMATS}.")
    elapsed = second - _EPOCH
    seconds = elapsed.days * 86_400 + elapsed.seconds
    return seconds * _NANOSECONDS + int((matched[2] or "0").ljust(9, "0"))


def _of_seconds(text: str) -> int:
    try:
        time = int(Decimal(text) * _NANOSECONDS)
        # The offline store keeps a double.
        moment(int(Decimal(repr(float(text))) * _NANOSECONDS))
    except (InvalidOperation, OverflowError, ValueError) as error:
        raise InvalidRecord(
            f"The event time {text!r:.60} is not a number of seconds since 1970 between the years "
            "0 and 9999."
        ) from error
    return time
