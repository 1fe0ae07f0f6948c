"""The declaration of a feature group, which a job reads from the archive of its pipeline."""

import json
import pkgutil
from collections.abc import Mapping
from dataclasses import dataclass

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
    given = document[declared_as]
    return DeclaredGroup(
        name=name,
        record_identifier=given["record_identifier"],
        event_time=given["event_time"],
        features=given["features"],
    )
