"""The declaration of a feature group, which a job reads from the archive of its pipeline."""

import json
import pkgutil
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

FILE = "feature_groups.json"


@dataclass(frozen=True, kw_only=True)
class DeclaredGroup:
    """A feature group: `name` is its name in AWS, `features` is name -> type."""

    name: str
    record_identifier: str
    event_time: str
    features: Mapping[str, str]


def declared_group(name: str, package: str, declared_as: str) -> DeclaredGroup:
    """Return the group `name` in AWS, as feature_groups.json of the pipeline's package has it."""
    document = json.loads(pkgutil.get_data(package, FILE) or b"")
    return group_of(name, document[declared_as])


def group_of(name: str, document: Mapping[str, Any]) -> DeclaredGroup:
    """Return the group `name` in AWS with the members of an entry of feature_groups.json."""
    return DeclaredGroup(
        name=name,
        record_identifier=document["record_identifier"],
        event_time=document["event_time"],
        features=document["features"],
    )
