"""Filters and order that the service's List actions share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

Entry = dict[str, Any]


def in_window(
    entry: Mapping[str, Any],
    request: Mapping[str, Any],
    member: str,
    names: tuple[str, str] | None = None,
) -> bool:
    """Whether the entry's time lies between `<member>After` and `<member>Before` of a request."""
    after, before = names or (f"{member}After", f"{member}Before")
    value = entry[member]
    return (request.get(after) is None or value >= request[after]) and (
        request.get(before) is None or value <= request[before]
    )


def ordered(
    entries: Sequence[Entry],
    request: Mapping[str, Any],
    *,
    by: Mapping[str, str],
    time: str = "CreationTime",
) -> list[Entry]:
    """The entries in the request's SortBy and SortOrder; newest first unless it says otherwise."""
    member = by.get(request.get("SortBy", ""), time)
    is_descending = request.get("SortOrder", "Descending") == "Descending"
    return sorted(entries, key=lambda entry: entry[member], reverse=is_descending)
