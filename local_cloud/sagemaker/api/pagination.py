"""Filters, order and pages of the List actions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from local_cloud.sagemaker.exceptions import ValidationFailed

Entry = dict[str, Any]

_PAGE = 100


def in_window(
    entry: Mapping[str, Any],
    request: Mapping[str, Any],
    member: str,
    names: tuple[str, str] | None = None,
) -> bool:
    """Return whether the entry's time is between `<member>After` and `<member>Before`."""
    after, before = names or (f"{member}After", f"{member}Before")
    value = entry[member]
    return (request.get(after) is None or value >= _aware(request[after])) and (
        request.get(before) is None or value <= _aware(request[before])
    )


def _aware(time: datetime) -> datetime:
    """Return a time of a request, which moto reads as UTC without a time zone."""
    return time if time.tzinfo else time.replace(tzinfo=UTC)


def ordered(
    entries: Sequence[Entry],
    request: Mapping[str, Any],
    *,
    by: Mapping[str, str],
    time: str = "CreationTime",
) -> list[Entry]:
    """Sort the entries by the request's SortBy and SortOrder. By default, the newest is first."""
    member = by.get(request.get("SortBy", ""), time)
    is_descending = request.get("SortOrder", "Descending") == "Descending"
    return sorted(entries, key=lambda entry: entry[member], reverse=is_descending)


def paged(entries: Sequence[Entry], request: Mapping[str, Any], *, result: str) -> dict[str, Any]:
    """Return one page of entries in the member `result`, with a NextToken if there are more.

    Raises `ValidationFailed` for an invalid token.
    """
    start = _start(request.get("NextToken"), len(entries))
    end = start + int(request.get("MaxResults") or _PAGE)
    answer: dict[str, Any] = {result: list(entries[start:end])}
    if end < len(entries):
        answer["NextToken"] = str(end)
    return answer


def _start(token: str | None, count: int) -> int:
    if token is None:
        return 0
    if not token.isdigit() or int(token) > count:
        raise ValidationFailed(f"Invalid pagination token {token!r}.")
    return int(token)
