"""The quality and the bias of models that the runs of a monitoring pipeline measured."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from execution_reader.definition import Definition
from operations.environment_clients import EnvironmentClients
from operations.executions.document_history import DocumentRun, document_history, writes
from run_report.sections.metrics import BASELINE_SUFFIXES

# The documents of a monitoring pipeline (pipeline_code/runtime/monitoring/report_quality.py and
# report_bias.py).
QUALITY, BIAS, COLLECTION = "quality.json", "bias.json", "collection.json"
BIAS_VALUES = ("bias_increase", "drifted_bias_metrics", "largest_bias_change")
TOO_FEW, UNMEASURED = "TooFewLabels", "NoLabels"


@dataclass(frozen=True)
class QualityRun:
    """A run: the numbers of its labels, what became of them, and metric -> value.

    `outcome` is Measured, NotMeasurable, TooFewLabels, or NoLabels if the run read none.
    """

    execution_id: str
    started: datetime
    status: str
    labels: Mapping[str, int | None]
    outcome: str
    reason: str
    metrics: Mapping[str, float]


def measures_quality(definition: Definition) -> bool:
    """Return whether a step of the pipeline writes quality.json."""
    return writes(definition, QUALITY)


def quality_history(aws: EnvironmentClients, pipeline: str, limit: int) -> list[QualityRun]:
    """Return the newest runs of a pipeline. Raises `OperationError`."""
    files = (QUALITY, BIAS, COLLECTION)
    _, runs = document_history(aws, pipeline, limit, files=files, what="quality")
    return [_run(each) for each in runs]


def _run(run: DocumentRun) -> QualityRun:
    labels = run.documents.get(COLLECTION, {}).get("labels", {})
    quality = run.documents.get(QUALITY)
    reasons = [each.get("reason", "") for each in run.documents.values()]
    return QualityRun(
        execution_id=run.execution_id,
        started=run.started,
        status=run.status,
        labels=labels,
        outcome=quality["outcome"] if quality else TOO_FEW if labels else UNMEASURED,
        reason="; ".join(filter(None, reasons)),
        metrics=dict(_metrics(quality or {})) | _bias(run.documents.get(BIAS, {})),
    )


def _metrics(quality: Mapping[str, Any]) -> list[tuple[str, float]]:
    return [
        (name, entry["value"])
        for member, values in quality.items()
        if member.endswith("_metrics")
        for name, entry in values.items()
        if "value" in entry and not name.endswith(BASELINE_SUFFIXES)
    ]


def _bias(bias: Mapping[str, Any]) -> dict[str, float]:
    found = {**bias, **bias.get("bias_drift", {})}
    return {name: found[name]["value"] for name in BIAS_VALUES if name in found}
