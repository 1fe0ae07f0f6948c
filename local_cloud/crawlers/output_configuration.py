"""The member Configuration of a crawler, a JSON text.

Source: https://docs.aws.amazon.com/glue/latest/dg/crawler-configuration.html
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

# Path of a setting -> its allowed values; None: a whole number from 1.
_SETTINGS: Mapping[str, tuple[str, ...] | None] = {
    "CrawlerOutput.Partitions.AddOrUpdateBehavior": ("InheritFromTable",),
    "CrawlerOutput.Tables.AddOrUpdateBehavior": ("MergeNewColumns",),
    "CrawlerOutput.Tables.TableThreshold": None,
    "Grouping.TableGroupingPolicy": ("CombineCompatibleSchemas",),
    "Grouping.TableLevelConfiguration": None,
}


class InvalidConfiguration(ValueError):
    """A setting is invalid, or not supported."""


@dataclass(frozen=True)
class OutputConfiguration:
    """The settings. `table_level` counts from the bucket, which is level 1."""

    inherits: bool = False
    merges_new_columns: bool = False
    combines: bool = False
    table_level: int | None = None
    table_limit: int | None = None


def output_configuration(text: str | None) -> OutputConfiguration:
    """Return the settings of a text. Raises `InvalidConfiguration`."""
    if not text:
        return OutputConfiguration()
    found = dict(_settings(_document(text), ""))
    for path, value in found.items():
        _check(path, value)
    return OutputConfiguration(
        inherits="CrawlerOutput.Partitions.AddOrUpdateBehavior" in found,
        merges_new_columns="CrawlerOutput.Tables.AddOrUpdateBehavior" in found,
        combines="Grouping.TableGroupingPolicy" in found,
        table_level=found.get("Grouping.TableLevelConfiguration"),
        table_limit=found.get("CrawlerOutput.Tables.TableThreshold"),
    )


def _document(text: str) -> dict[str, Any]:
    try:
        document = json.loads(text)
    except ValueError as error:
        raise InvalidConfiguration(f"Configuration is not JSON: {error}") from error
    if not isinstance(document, dict) or document.pop("Version", None) != 1.0:
        raise InvalidConfiguration("Configuration must be a JSON object with Version 1.0")
    return document


def _settings(document: Mapping[str, Any], start: str) -> Iterator[tuple[str, Any]]:
    for name, value in document.items():
        if isinstance(value, dict):
            yield from _settings(value, f"{start}{name}.")
        else:
            yield f"{start}{name}", value


def _check(path: str, value: Any) -> None:
    if path not in _SETTINGS:
        raise InvalidConfiguration(
            f"{path} of Configuration is not supported by the laptop cloud; supported: "
            f"{', '.join(_SETTINGS)}"
        )
    allowed = _SETTINGS[path]
    is_number = isinstance(value, int) and not isinstance(value, bool) and value >= 1
    if value not in allowed if allowed else not is_number:
        values = ", ".join(allowed) if allowed else "a whole number from 1"
        raise InvalidConfiguration(f"{path} of Configuration is {value!r}: allowed is {values}")
