"""The file feature_groups.lock: the declarations that may be deployed.

A feature group is immutable: only features can be added and the ttl changed. Synthesis knows no
account, so the committed lock file is what a declaration is compared with.
https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_UpdateFeatureGroup.html
"""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path

from pipeline_code.compiler.errors import FeatureGroupError
from pipeline_code.feature_groups.declaration import (
    FeatureGroup,
    groups_of,
    read_feature_groups,
)
from pipeline_code.runtime.feature_declaration import FILE

LOCK = "feature_groups.lock"
_IMMUTABLE = (
    *("description", "record_identifier", "event_time", "tags", "online", "offline"),
    "glue_table",
)


def locked_feature_groups(folder: Path) -> list[FeatureGroup]:
    """Return the declared groups of a pipeline, which the lock file must contain.

    Raises:
        FeatureGroupError: a group changed in a way that AWS does not allow, or is not locked.
    """
    declared = read_feature_groups(folder)
    locked = _locked(folder)
    _refuse_changes(folder, declared, locked)
    if declared != locked:
        raise FeatureGroupError(
            f"{folder.name}/{LOCK} does not contain the groups of {FILE}: run `python -m "
            f"pipeline_code feature-groups {folder.name}`, and commit the file"
        )
    return declared


def write_lock(folder: Path) -> list[FeatureGroup]:
    """Write the declared groups to the lock file, and return them.

    Raises:
        FeatureGroupError: a group changed in a way that AWS does not allow.
    """
    declared = read_feature_groups(folder)
    _refuse_changes(folder, declared, _locked(folder))
    document = {group.name: group.to_document() for group in declared}
    (folder / LOCK).write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
    return declared


def _locked(folder: Path) -> list[FeatureGroup]:
    path = folder / LOCK
    if not path.is_file():
        return []
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise FeatureGroupError(
            f"{folder.name}/{LOCK} is not JSON ({error}): restore it from git"
        ) from error
    return groups_of(document, f"{folder.name}/{LOCK}")


def _refuse_changes(
    folder: Path, declared: Iterable[FeatureGroup], locked: Iterable[FeatureGroup]
) -> None:
    before = {group.name: group for group in locked}
    found = [
        f"{folder.name}/{FILE}, {group.name}: {text}"
        for group in declared
        if group.name in before
        for text in _changes(before[group.name], group)
    ]
    if found:
        raise FeatureGroupError(
            "\n".join(found) + "\nA feature group is immutable. Restore the declaration, add "
            "features at the end of `features`, or declare a new group, for example with -v2 at "
            "the end of its name"
        )


def _changes(before: FeatureGroup, after: FeatureGroup) -> Iterator[str]:
    for member in _IMMUTABLE:
        old, new = getattr(before, member), getattr(after, member)
        if old != new:
            yield f"{member} was {old!r} and is {new!r}"
    for name, kind in before.features.items():
        if after.features.get(name) != kind:
            yield f"the feature {name} was {kind} and is {after.features.get(name, 'removed')}"
    kept = list(after.features)[: len(before.features)]
    if set(kept) == set(before.features) and kept != list(before.features):
        yield "the features have another order"
    elif set(before.features) <= set(after.features) and set(kept) != set(before.features):
        yield "features were added before others"
