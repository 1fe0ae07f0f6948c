"""Measures the bias of requests, and compares it with the bias of the registered version."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pipeline_code.runtime.bias_metrics import Flags
from pipeline_code.runtime.bias_report import (
    Facet,
    Outcomes,
    bias_increase,
    bias_sections,
)
from pipeline_code.runtime.classification import THRESHOLD
from pipeline_code.runtime.container import Container
from pipeline_code.runtime.job_clients import client
from pipeline_code.runtime.job_errors import DataError, SettingError
from pipeline_code.runtime.model_analysis import missing_group, outcomes_of
from pipeline_code.runtime.monitoring.bias_drift import (
    COMPARED,
    BiasLimits,
    bias_drift,
    has_enough_rows,
    violations_document,
)
from pipeline_code.runtime.monitoring.declaration import Monitored, monitored_from_environment
from pipeline_code.runtime.monitoring.inputs import typed
from pipeline_code.runtime.monitoring.labelled import (
    LabelledRow,
    PredictedRow,
    read_bias_baseline,
    read_labelled,
    read_unlabelled,
)
from pipeline_code.runtime.monitoring.labelled_values import predictions, targets
from pipeline_code.runtime.monitoring.limits import bias_limits_from_environment, least_labels
from pipeline_code.runtime.monitoring.metric_data import metric, put_metrics

INCREASE = "bias_increase"
DRIFTED = "DriftedBiasMetrics"
# The metrics after the training that need no labels.
WITHOUT_LABELS = ("CDDPL", "DI", "DPPL", "FT")
# Model Monitor's names: "Pre-training" and "Post-Training" of
# https://docs.aws.amazon.com/sagemaker/latest/dg/clarify-model-monitor-bias-drift-cw.html
BEFORE, AFTER = "Pre-training", "Post-Training"
OF_STAGE = {"DPL": BEFORE}


def run(container: Container) -> None:
    """Write bias.json to the output `bias`, and constraint_violations.json if it was compared."""
    folder = container.processing_input("labelled")
    monitored = monitored_from_environment()
    report = bias_report(
        monitored,
        read_labelled(folder),
        read_unlabelled(folder),
        baseline=read_bias_baseline(folder),
        least=least_labels(),
        limits=bias_limits_from_environment(),
    )
    documents = {"bias.json": report}
    drift = report.get("bias_drift", {})
    if drift.get("outcome") == COMPARED:
        documents["constraint_violations.json"] = violations_document(drift)
    for name, document in documents.items():
        text = json.dumps(document, indent=2, allow_nan=False) + "\n"
        (container.processing_output("bias") / name).write_text(text, encoding="utf-8")
        print(text)
    if metrics := list(metrics_of(report, monitored)):
        put_metrics(metrics, client=client("cloudwatch", container.region))


def bias_report(
    monitored: Monitored,
    labelled: Sequence[LabelledRow],
    unlabelled: Sequence[PredictedRow],
    *,
    baseline: Mapping[str, Any] | None,
    least: int,
    limits: BiasLimits,
) -> dict[str, Any]:
    """The document bias.json, in the format of Clarify's analysis.json.

    `outcome` is Measured if `least` rows have labels. With fewer it is TooFewLabels: the
    predictions of all rows are measured, and take the place of the labels in the metrics before
    training. Facets with none or all of the rows are in `not_measurable`; NotMeasurable has a
    `reason`, such as no other facet. Requests that cannot be read as rows are left out. Only
    facets with enough rows have a `bias_increase`. `baseline` is the analysis.json of the version,
    and `bias_drift` the comparison with it. Raises SettingError if the pipeline declares no bias.
    """
    if monitored.bias is None:
        raise SettingError(
            "bias is to be measured, but MONITORED in monitored.py declares none: add bias=, a "
            "BiasConfig, or remove bias=True from p.monitor"
        )
    labelled, unlabelled = _readable(labelled, unlabelled)
    has_labels = len(labelled) >= least
    rows = labelled if has_labels else [*labelled, *unlabelled]
    report: dict[str, Any] = {"version": "1.0", "dataset": {"item_count": len(rows)}}
    try:
        every = _outcomes(monitored, rows, labelled if has_labels else None)
    except DataError as error:
        return report | {"outcome": "NotMeasurable", "reason": str(error)}
    reasons = {facet: missing_group(facet, each) for facet, each in every.items()}
    if missing := [_not_measurable(facet, why) for facet, why in reasons.items() if why]:
        report["not_measurable"] = missing
    if len(missing) == len(every):
        return report | {"outcome": "NotMeasurable", "reason": missing[0]["reason"]}
    facets = {facet: each for facet, each in every.items() if reasons[facet] is None}
    report |= bias_sections(monitored.dataset.target, str(monitored.dataset.positive), facets)
    if has_labels:
        report["outcome"] = "Measured"
        if large := {facet: each for facet, each in facets.items() if has_enough_rows(each.facet)}:
            report[INCREASE] = bias_increase(large)
    else:
        _remove_metrics_of_labels(report)
        report |= {
            "outcome": "TooFewLabels",
            "reason": f"{len(labelled)} rows have labels, and {least} are needed (MinLabels): the "
            f"bias of the predictions of {len(rows)} rows was measured",
        }
    drift = bias_drift(report, baseline, facets, has_labels=has_labels, limits=limits)
    return report | {"bias_drift": drift}


def _not_measurable(facet: Facet, reason: str) -> dict[str, str]:
    return {"facet": facet.column, "facet_value": facet.value, "reason": reason}


def _readable(
    labelled: Sequence[LabelledRow], unlabelled: Sequence[PredictedRow]
) -> tuple[Sequence[LabelledRow], Sequence[PredictedRow]]:
    """Return the rows that could be read; all rows if none could, for an error that names why."""
    known = [each for each in labelled if each.row]
    others = [each for each in unlabelled if each.row]
    return (known, others) if known or others else (labelled, unlabelled)


def metrics_of(report: Mapping[str, Any], monitored: Monitored) -> Iterator[dict[str, Any]]:
    """Yield the metrics of a report; those of violations have Model Monitor's names."""
    if INCREASE in report:
        yield metric(INCREASE, report[INCREASE]["value"])
    drift = report.get("bias_drift", {})
    if drift.get("outcome") != COMPARED:
        return
    yield metric(DRIFTED, drift["drifted_bias_metrics"]["value"], "Count")
    values = {(e["facet"], e["facet_value"], e["metric_name"]): e for e in drift["compared"]}
    for each in drift["violations"]:
        name = each["metric_name"]
        yield metric(
            f"bias_metric_{name}",
            values[each["facet"], each["facet_value"], name]["value"],
            BiasStage=OF_STAGE.get(name, AFTER),
            Label=monitored.dataset.target,
            LabelValue=str(monitored.dataset.positive),
            Facet=each["facet"],
            FacetValue=each["facet_value"],
        )


def _outcomes(
    monitored: Monitored, rows: Sequence[PredictedRow], labelled: Sequence[LabelledRow] | None
) -> dict[Facet, Outcomes]:
    """What the metrics need; without labels, the predictions take their place."""
    assert monitored.bias is not None
    dataset = monitored.dataset
    table = typed([row.row for row in rows], monitored.requests)
    predicted: Flags = predictions(rows) >= THRESHOLD
    positive = predicted if labelled is None else dataset.labels(targets(dataset, labelled))
    return outcomes_of(dataset, monitored.bias, table, predicted, positive)


def _remove_metrics_of_labels(report: dict[str, Any]) -> None:
    for entries in report["post_training_bias_metrics"]["facets"].values():
        for entry in entries:
            entry["metrics"] = [each for each in entry["metrics"] if each["name"] in WITHOUT_LABELS]
