"""Declares the prepared columns of a flow as a feature group of the pipeline."""

import json
from pathlib import Path
from typing import Any

from pipeline_code.feature_groups import FILE, FeatureGroup, read_feature_groups
from pipeline_code.feature_groups.declaration import groups_of
from pipeline_code.pipelines import name_of
from pipeline_code.runtime.flow_features import FlowFeatures
from pipeline_code.runtime.job_errors import SettingError


def declare_group(
    folder: Path, group: str, features: FlowFeatures, *, identifier: str, event_time: str
) -> FeatureGroup:
    """Add the group to feature_groups.json of the pipeline in `folder`, and return it.

    `identifier` and `event_time` are columns of the raw rows, as NAME or NAME:TYPE. Raises
    SettingError for a group that is declared or a column that the flow prepares, and
    FeatureGroupError for what AWS does not allow.
    """
    declared = {each.name: each.to_document() for each in read_feature_groups(folder)}
    if group in declared:
        raise SettingError(
            f"{folder.name}/{FILE} declares {group!r}, which is immutable: choose another name, "
            f"such as {group}-v2"
        )
    kept = dict(map(_typed, (identifier, event_time)))
    prepared = features.types()
    if found := sorted(kept.keys() & prepared.keys()):
        raise SettingError(
            f"the flow prepares {', '.join(found)}: the record identifier and the event time must "
            "be further columns of the rows, with other names"
        )
    document = _document(name_of(folder), group, {**kept, **prepared}, [*kept])
    (made,) = groups_of({group: document}, f"{folder.name}/{FILE}")
    text = json.dumps({**declared, group: made.to_document()}, indent=2)
    (folder / FILE).write_text(text + "\n", encoding="utf-8")
    return made


def _typed(column: str) -> tuple[str, str]:
    name, _, kind = column.partition(":")
    return name, kind or "String"


def _document(
    pipeline: str, group: str, features: dict[str, str], kept: list[str]
) -> dict[str, Any]:
    return {
        "description": f"Rows that the flow of {pipeline} prepares",
        "record_identifier": kept[0],
        "event_time": kept[-1],
        "features": features,
        "tags": {"author": pipeline, "source": f"flow of {pipeline}", "version": "1"},
        "online": True,
        "offline": True,
        "glue_table": group.replace("-", "_"),
        "ttl": None,
    }
