"""The steps of a monitoring pipeline: drift of inputs, and quality where labels arrive."""

from __future__ import annotations

from typing import Any

from sagemaker.core.workflow.execution_variables import ExecutionVariables

from pipeline_code.compiler.errors import DefinitionError
from pipeline_code.workflow.collector import Collector
from pipeline_code.workflow.environment import MODEL_PACKAGE_GROUP
from pipeline_code.workflow.instances import Instances
from pipeline_code.workflow.steps.condition import gate
from pipeline_code.workflow.steps.data_quality import data_check
from pipeline_code.workflow.steps.extraction import extract
from pipeline_code.workflow.steps.latest_model import latest_model
from pipeline_code.workflow.steps.processing import ProcessingStep, processing
from pipeline_code.workflow.variables import MetricNamespace, Uri

SCRIPTS = "pipeline_code.runtime.monitoring"
NAMESPACE = MetricNamespace("Redline")
LABELS = "Labels"


def monitor(
    p: Collector,
    served: str,
    *,
    batches: str | None = None,
    labels: str | Uri | None = None,
    bias: bool = False,
    max_changed_share: float = 0.04,
) -> None:
    """Add the steps that monitor the models of the pipeline `served`.

    The folder declares what is monitored in monitored.py: `MONITORED = Monitored(DATASET)`. Drift
    compares the requests of the endpoint, and the rows that the pipeline `batches` scored, with the
    baseline of the approved model. With `labels`, the requests whose labels have arrived measure
    the quality of the model: `labels` is a SQL file of the folder with the columns id, label and
    optionally labelled_at, or a location of the lake with ground truth files. With `bias`, the bias
    that monitored.py declares is measured as well, and compared with that of the approved version;
    until labels arrive, it is the bias of the predictions. The environment sets the pipeline again
    as `models_of`, and starts it on a schedule.

    Raises:
        DefinitionError: bias is to be measured without labels.
    """
    if bias and not labels:
        raise DefinitionError(
            f"the monitor of {served} has bias=True, but no labels: set labels to where they will "
            "arrive, or remove bias"
        )
    instance = Instances(p.parameter("ProcessingInstanceType", "ml.m5.large"))
    window = {
        "WINDOW_HOURS": p.parameter("WindowHours", 24).to_string(),
        "WINDOW_END": p.parameter("WindowEnd", "now"),  # or an ISO time, also in the past
    }
    least_rows = p.parameter("MinRows", 100)  # fewer rows do not represent a distribution
    limits = {
        "MAX_UNSEEN_SHARE": p.parameter("MaxUnseenShare", 0.01).to_string(),
        "MAX_CHANGED_SHARE": p.parameter("MaxChangedShare", max_changed_share).to_string(),
        "FALSE_ALARM_RATE": p.parameter("FalseAlarmRate", 0.01).to_string(),
    }

    latest = latest_model(p, "LatestModel", required=False)
    extraction = []
    if isinstance(labels, str):
        extraction = [extract(p, LABELS, labels, rows_required=False)]
    collect = processing(
        p,
        "Collect",
        f"{SCRIPTS}.collect",
        instance,
        outputs=["rows", "baseline", "collection", *(["labelled"] if labels else [])],
        environment={
            "MODEL_PACKAGE_GROUP": MODEL_PACKAGE_GROUP,
            "MONITOR_PACKAGE": p.folder.package,
            "CAPTURED_URI": p.folder.lake_uri("captured", served),
            **({"BATCHES_URI": p.folder.lake_uri("runs", batches)} if batches else {}),
            **window,
            **(_labels(p, labels) if labels else {}),
            **({"BIAS": "ON"} if bias else {}),
        },
        network=True,  # it lists the inputs in S3: a missing input would fail the job
        depends_on=extraction,
    )
    check = data_check(p, "Check", collect["rows"], collect["baseline"], instance)
    report = _report_drift(p, collect, check, instance, limits)
    # With fewer rows the run succeeds and puts no metric.
    rows = collect["collection"].metric("rows", report="Collection")
    accepted = [collect, gate(p, "HasRows", rows >= least_rows, accept=[check, report])]
    if labels:
        quality = _report_quality(p, collect, instance)
        joined, predicted = (
            collect["collection"].metric(f"labels.{name}", report="Collection")
            for name in ("joined", "predicted")
        )
        least = p.parameter("MinLabels", 100)  # with fewer labels chance decides
        accepted.append(gate(p, "HasLabels", joined >= least, accept=[quality]))
        if bias:
            measured = _report_bias(
                p, collect, instance, {**limits, "MIN_LABELS": least.to_string()}
            )
            accepted.append(gate(p, "HasPredictions", predicted >= least_rows, accept=[measured]))
    # Without an approved model there is no baseline: the run succeeds as well.
    gate(p, "HasModel", latest.found, accept=[*extraction, *accepted])


def _labels(p: Collector, labels: str | Uri) -> dict[str, Any]:
    """The variables of the job that joins labels. It lists their files: there may be none."""
    uri = labels
    if isinstance(labels, str):
        execution = ExecutionVariables.PIPELINE_EXECUTION_ID
        uri = p.folder.lake_uri("unload", p.name, execution, LABELS)
    return {
        "LABELS_URI": uri,
        "LABEL_DELAY_HOURS": p.parameter("LabelDelayHours", 24).to_string(),
        **_metrics(),
    }


def _report_drift(
    p: Collector,
    collect: ProcessingStep,
    check: ProcessingStep,
    instance: Instances,
    limits: dict[str, Any],
) -> ProcessingStep:
    report = processing(
        p,
        "Report",
        f"{SCRIPTS}.report_drift",
        instance,
        inputs={
            "check": check["check"],
            "baseline": collect["baseline"],
            "collection": collect["collection"],
        },
        outputs=["report"],
        environment={**_metrics(), **limits},
        network=True,
    )
    report["report"].report("drift.json")
    return report


def _report_quality(p: Collector, collect: ProcessingStep, instance: Instances) -> ProcessingStep:
    report = processing(
        p,
        "ReportQuality",
        f"{SCRIPTS}.report_quality",
        instance,
        inputs={"labelled": collect["labelled"], "collection": collect["collection"]},
        outputs=["quality"],
        environment={"MONITOR_PACKAGE": p.folder.package, **_metrics()},
        network=True,
    )
    report["quality"].report("quality.json")
    return report


def _report_bias(
    p: Collector, collect: ProcessingStep, instance: Instances, limits: dict[str, Any]
) -> ProcessingStep:
    report = processing(
        p,
        "ReportBias",
        f"{SCRIPTS}.report_bias",
        instance,
        inputs={"labelled": collect["labelled"]},
        outputs=["bias"],
        environment={
            "MONITOR_PACKAGE": p.folder.package,
            "MAX_BIAS_CHANGE": p.parameter("MaxBiasChange", 0.02).to_string(),
            "FALSE_ALARM_RATE": limits["FALSE_ALARM_RATE"],
            "MIN_LABELS": limits["MIN_LABELS"],
            **_metrics(),
        },
        network=True,
    )
    report["bias"].report("bias.json")
    return report


def _metrics() -> dict[str, Any]:
    """The variables of a job that puts metrics; the group is named after the served pipeline."""
    return {"METRIC_NAMESPACE": NAMESPACE, "PIPELINE": MODEL_PACKAGE_GROUP}
