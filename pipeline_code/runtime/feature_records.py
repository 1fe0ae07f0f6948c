"""Converts rows to records of a feature group, within the limits of the service.

https://docs.aws.amazon.com/sagemaker/latest/dg/feature-store-quotas.html
"""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from pipeline_code.runtime.feature_declaration import DeclaredGroup
from pipeline_code.runtime.job_errors import DataError
from pipeline_code.runtime.time_texts import is_timestamp

MAX_RECORD_BYTES = MAX_VALUE_BYTES = 350 * 1024
MAX_IDENTIFIER_BYTES = 2 * 1024
_NANOSECONDS = 10**9
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EVENT_TIME = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{3}|\d{9}))?Z", re.ASCII)
_EXPECTED = {
    "Integral": "a whole number of 64 bits",
    "Fractional": "a finite number",
    "String": "a text, a number, a date or a time",
}


@dataclass(frozen=True, kw_only=True)
class Record:
    """A record: the values by feature as texts. `event_time` is in nanoseconds since 1970."""

    identifier: str
    event_time: int
    values: Mapping[str, str]

    def equals(self, other: "Record", group: DeclaredGroup) -> bool:
        """Whether two records of one event time have the same values; 1 and 1.0 are equal."""
        return self._compared(group) == other._compared(group)

    def _compared(self, group: DeclaredGroup) -> dict[str, Any]:
        numbers = {"Integral": int, "Fractional": float}
        return {
            name: numbers.get(group.features[name], str)(text)
            for name, text in self.values.items()
            if name != group.event_time
        }


def record_of(group: DeclaredGroup, row: Mapping[str, Any]) -> Record:
    """Return the record of a row; a missing value is absent from the record.

    Raises DataError, which names the row, the feature and what is allowed.
    """
    where = f"the row with {group.record_identifier} = {row[group.record_identifier]!r:.80}"
    for required in (group.record_identifier, group.event_time):
        if row[required] in (None, ""):
            raise DataError(f"{where} has no {required}: every record needs a value")
    values = {
        name: _text(row[name], name, group, where)
        for name in group.features
        if row[name] is not None
    }
    record = record_from(group, values, where=where)
    _check_sizes(group, record, where)
    return record


def record_from(group: DeclaredGroup, values: Mapping[str, str], *, where: str = "") -> Record:
    """Return the record with these texts. Raises DataError for another form of event time."""
    time = _nanoseconds(values[group.event_time], group.features[group.event_time])
    if time is None:
        raise DataError(
            f"{where}: {group.event_time} is {values[group.event_time]!r:.60}: allowed are a date, "
            "a timestamp, yyyy-MM-ddTHH:mm:ssZ with 0, 3 or 9 digits after the seconds, or, for a "
            "Fractional feature, seconds since 1970"
        )
    return Record(identifier=values[group.record_identifier], event_time=time, values=values)


def _text(value: Any, name: str, group: DeclaredGroup, where: str) -> str:
    kind = group.features[name]
    is_time = name == group.event_time
    written = {"Integral": _integral, "Fractional": _fractional, "String": _string}[kind](
        value, is_time
    )
    if written is None:
        raise DataError(
            f"{where}: the feature {name} is {value!r:.60}, of type {type(value).__name__}: a "
            f"feature of the type {kind} must be {_EXPECTED[kind]}"
        )
    return written


def _integral(value: Any, _is_time: bool) -> str | None:
    is_whole = isinstance(value, int) or (isinstance(value, Decimal) and value == int(value))
    return str(int(value)) if is_whole and -(2**63) <= int(value) < 2**63 else None


def _fractional(value: Any, is_time: bool) -> str | None:
    if is_time and isinstance(value, date):
        elapsed = _moment(value) - _EPOCH
        return repr(elapsed.total_seconds())
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return None
    return str(value) if _is_finite(value) else None


def _is_finite(value: float | Decimal) -> bool:
    """Whether a double can represent the size of a number; integers of Python may be larger."""
    try:
        return math.isfinite(value)
    except OverflowError:
        return False


def _string(value: Any, is_time: bool) -> str | None:
    if is_time and isinstance(value, str):
        return _event_time(value)
    if isinstance(value, datetime) or (is_time and isinstance(value, date)):
        moment = _moment(value)
        digits = f".{moment.microsecond * 1000:09d}" if moment.microsecond else ""
        return f"{moment:%Y-%m-%dT%H:%M:%S}{digits}Z"
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, str | int | float | Decimal | date) else None


def _event_time(text: str) -> str:
    """Return a text in the form of the service; a timestamp of Redshift is in UTC.

    Another text is returned as it is, also a time that is outside the years 1 to 9999 in UTC.
    """
    if _EVENT_TIME.fullmatch(text) or not is_timestamp(text):
        return text
    try:
        return _string(datetime.fromisoformat(text.strip()), True) or text
    except OverflowError:
        return text


def _moment(value: date) -> datetime:
    if not isinstance(value, datetime):
        return datetime(value.year, value.month, value.day, tzinfo=UTC)
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _nanoseconds(text: str, kind: str) -> int | None:
    if kind == "Fractional":
        try:
            return int(Decimal(text) * _NANOSECONDS)
        except (InvalidOperation, OverflowError, ValueError):
            return None
    matched = _EVENT_TIME.fullmatch(text)
    try:
        second = datetime.fromisoformat(f"{matched[1]}+00:00") if matched else None
    except ValueError:
        return None
    if matched is None or second is None:
        return None
    elapsed = second - _EPOCH
    fraction = int((matched[2] or "0").ljust(9, "0"))
    return (elapsed.days * 86_400 + elapsed.seconds) * _NANOSECONDS + fraction


def _check_sizes(group: DeclaredGroup, record: Record, where: str) -> None:
    size = len(record.identifier.encode())
    if size > MAX_IDENTIFIER_BYTES:
        raise DataError(
            f"{where}: the record identifier {group.record_identifier} has {size} bytes, allowed "
            f"are {MAX_IDENTIFIER_BYTES}: use a shorter key, such as its hash"
        )
    for name, text in record.values.items():
        if len(text.encode()) > MAX_VALUE_BYTES:
            raise DataError(
                f"{where}: the feature {name} has {len(text.encode())} bytes, allowed are "
                f"{MAX_VALUE_BYTES}: shorten it, or store the location of the value"
            )
    total = sum(len(name.encode()) + len(text.encode()) for name, text in record.values.items())
    if total > MAX_RECORD_BYTES:
        raise DataError(
            f"{where}: the record has {total} bytes, allowed are {MAX_RECORD_BYTES}: distribute "
            "its features over several groups"
        )
