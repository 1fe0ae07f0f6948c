"""What the runs of a monitoring pipeline measured, from the newest to the oldest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from execution_reader.definition import Definition
from operations.environment_clients import EnvironmentClients
from operations.executions.document_history import document_history, writes

# The document of a step that compares inputs with a baseline (pipeline_code/runtime/monitoring).
DOCUMENT = "drift.json"
# Members of drift_metrics with one value per column.
_MEASURES = ("distance", "unseen_share", "changed_share")


@dataclass(frozen=True)
class DriftRun:
    """A run. `document` is its drift.json; None if it measured nothing."""

    execution_id: str
    started: datetime
    status: str
    document: Mapping[str, Any] | None


@dataclass(frozen=True)
class ColumnDrift:
    """A measure of a column over the runs, the newest first; None where a run has no value.

    `limit` is the default of the parameter that limits the measure. `found` are the runs in which
    it was a finding.
    """

    column: str
    measure: str
    values: tuple[float | None, ...]
    limit: float | None
    found: tuple[str, ...]


def measures_drift(definition: Definition) -> bool:
    """Return whether a step of the pipeline writes drift.json."""
    return writes(definition, DOCUMENT)


def drift_history(
    aws: EnvironmentClients, pipeline: str, limit: int
) -> tuple[Definition, list[DriftRun]]:
    """Return the definition of a pipeline and its newest runs. Raises `OperationError`."""
    definition, runs = document_history(aws, pipeline, limit, files=(DOCUMENT,), what="drift")
    return definition, [
        DriftRun(each.execution_id, each.started, each.status, each.documents.get(DOCUMENT))
        for each in runs
    ]


def columns_of(definition: Definition, runs: list[DriftRun]) -> list[ColumnDrift]:
    """Return each measure of each column, those with findings first."""
    measured = [run for run in runs if run.document is not None]
    found = [
        ColumnDrift(
            column=column,
            measure=measure,
            values=tuple(_value(run.document, measure, column) for run in measured),
            limit=_limit(definition, measure),
            found=tuple(
                run.execution_id for run in measured if _is_found(run.document, measure, column)
            ),
        )
        for measure in _MEASURES
        for column in sorted(
            {name for run in measured for name in _metrics(run.document).get(measure, {})}
        )
    ]
    return sorted(found, key=lambda each: (-len(each.found), each.column))


def _metrics(document: Mapping[str, Any] | None) -> Mapping[str, Any]:
    found: Mapping[str, Any] = (document or {}).get("drift_metrics", {})
    return found


def _value(document: Mapping[str, Any] | None, measure: str, column: str) -> float | None:
    value: float | None = _metrics(document).get(measure, {}).get(column, {}).get("value")
    return value


def _is_found(document: Mapping[str, Any] | None, measure: str, column: str) -> bool:
    """Return whether the run reported the measure; the distance is one of the violations."""
    found = document or {}
    if measure == "distance":
        return any(
            each["feature_name"] == column
            and each["constraint_check_type"] == "baseline_drift_check"
            for each in found.get("violations", ())
        )
    return any(
        each["column"] == column and each["measure"] == measure
        for each in found.get("findings", ())
    )


def _limit(definition: Definition, measure: str) -> float | None:
    """Return the default of the parameter `MaxUnseenShare` for `unseen_share`.

    The limit of the distance is in the constraints of each baseline.
    """
    name = "Max" + "".join(word.capitalize() for word in measure.split("_"))
    value = definition.defaults().get(name)
    return float(value) if isinstance(value, int | float) else None
