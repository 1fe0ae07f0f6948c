"""Collects the rows that the models received in a window, and the approved model's baseline.

If labels are declared, it also collects the predicted rows whose labels have arrived.
"""

import json
import os
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pipeline_code.runtime.champion import approved_package, champion_of, model_package_group
from pipeline_code.runtime.container import Container
from pipeline_code.runtime.job_clients import client
from pipeline_code.runtime.job_errors import DataError
from pipeline_code.runtime.model_archive import unpacked
from pipeline_code.runtime.model_facts import FACTS, read_facts
from pipeline_code.runtime.monitored_inputs import write_requests
from pipeline_code.runtime.monitoring.declaration import Monitored, monitored_from_environment
from pipeline_code.runtime.monitoring.inputs import Inputs, inputs_in
from pipeline_code.runtime.monitoring.labelled import Joined, join, write_for_bias, write_labelled
from pipeline_code.runtime.monitoring.labels import read_labels
from pipeline_code.runtime.monitoring.lake_objects import content_of
from pipeline_code.runtime.monitoring.metric_data import metric, put_metrics
from pipeline_code.runtime.monitoring.window import (
    Window,
    label_delay_from_environment,
    window_from_environment,
)
from pipeline_code.runtime.training_ranges import FILE, TrainingRanges, read_ranges

BASELINE = {"Statistics": "statistics.json", "Constraints": "constraints.json"}
# The variables with the S3 URIs of the labels and the batches, if the pipeline declares them.
LABELS, BATCHES = "LABELS_URI", "BATCHES_URI"
# The variable that is set if the bias is measured.
BIAS = "BIAS"


def run(container: Container) -> None:
    """Write the outputs `rows` (CSV with header), `baseline` and `collection` (counts).

    With labels, also write the output `labelled`, and put the numbers of joined, missing and late
    labels as metrics.
    """
    storage = client("s3", container.region)
    registry = client("sagemaker", container.region)
    monitored = monitored_from_environment()
    window = window_from_environment(datetime.now(UTC))
    baseline = container.processing_output("baseline")
    group = model_package_group()
    package = fetch_baseline(group, baseline, registry=registry, storage=storage)
    ranges, facts = fetch_model(group, registry=registry, storage=storage)
    found = inputs_in(
        window,
        monitored,
        captured=os.environ["CAPTURED_URI"],
        batches=os.environ.get(BATCHES),
        ranges=ranges,
        storage=storage,
    )
    write_requests(found.rows, monitored.requests, container.processing_output("rows"))
    report = _report(found, window, package)
    if LABELS in os.environ:
        joined, counts = _labels(container, monitored, window, storage=storage)
        report |= {**counts, "facts": facts}
        if BIAS in os.environ:
            bias = fetch_bias(package, registry=registry, storage=storage)
            write_for_bias(joined, bias, container.processing_output("labelled"))
    path = container.processing_output("collection") / "collection.json"
    path.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(report))


def fetch_baseline(group: str, folder: Path, *, registry: Any, storage: Any) -> str:
    """Download the newest approved version's baseline to `folder`; returns the version's ARN.

    Raises DataError when no version is approved, or when that version has no baseline.
    """
    package = approved_package(group, registry=registry)
    if package is None:
        raise DataError(
            f"no version of {group} is approved, so there is nothing to compare with: approve one"
        )
    arn = str(package["ModelPackageArn"])
    baseline = package.get("DriftCheckBaselines", {}).get("ModelDataQuality")
    if not baseline:
        raise DataError(
            f"the approved {arn} carries no DriftCheckBaselines.ModelDataQuality: train again with "
            "a baseline, and approve that version"
        )
    for name, file in BASELINE.items():
        (folder / file).write_bytes(content_of(baseline[name]["S3Uri"], storage))
    return arn


def fetch_bias(arn: str, *, registry: Any, storage: Any) -> dict[str, Any] | None:
    """The analysis.json of a version; None if it was registered without one."""
    package = registry.describe_model_package(ModelPackageName=arn)
    report = package.get("ModelMetrics", {}).get("Bias", {}).get("Report")
    if report is None:
        return None
    found: dict[str, Any] = json.loads(content_of(report["S3Uri"], storage))
    return found


def fetch_model(
    group: str, *, registry: Any, storage: Any
) -> tuple[TrainingRanges, dict[str, Any]]:
    """The ranges of the training rows of the newest approved version, and its `target_mean`.

    A model that was saved without one of them has none. Raises DataError if it cannot be read.
    """
    with tempfile.TemporaryDirectory() as folder:
        model = champion_of(group, registry=registry, storage=storage, folder=Path(folder))
        if model is None:
            return TrainingRanges({}), {}
        with unpacked(model.archive) as files:
            path = files / FILE
            ranges = read_ranges(path) if path.is_file() else TrainingRanges({})
            facts = read_facts(files) if (files / FACTS).is_file() else {}
            return ranges, {key: facts[key] for key in ("target_mean",) if key in facts}


def _labels(
    container: Container, monitored: Monitored, window: Window, *, storage: Any
) -> tuple[Joined, dict[str, Any]]:
    """Write the labelled rows; returns the joined rows and the members of collection.json."""
    delay = label_delay_from_environment()
    due = window.earlier(delay)
    labels = read_labels(os.environ[LABELS], storage)
    joined = join(
        due,
        monitored,
        labels,
        delay=delay,
        captured=os.environ["CAPTURED_URI"],
        batches=os.environ.get(BATCHES),
        storage=storage,
    )
    write_labelled(joined, container.processing_output("labelled"))
    counts = {
        f"{name.title()}Labels": joined.counts[name] for name in ("joined", "missing", "late")
    }
    put_metrics(
        (metric(name, count, "Count") for name, count in counts.items() if count is not None),
        client=client("cloudwatch", container.region),
    )
    return joined, {
        "labels": {"known": len(labels), **joined.counts},
        "quality_window": {"begin": due.begin.isoformat(), "end": due.end.isoformat()},
    }


def _report(found: Inputs, window: Window, package: str) -> dict[str, Any]:
    return {
        "rows": len(found.rows),
        "rows_outside_training": found.outside,
        "requests": found.requests,
        "unreadable_requests": found.unreadable,
        "batch_files": found.batch_files,
        "window": {"begin": window.begin.isoformat(), "end": window.end.isoformat()},
        "model_package_arn": package,
    }
