"""Collects the rows that the models received in a window, and the approved model's baseline."""

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
from pipeline_code.runtime.monitored_inputs import write_requests
from pipeline_code.runtime.training_ranges import FILE, TrainingRanges, read_ranges
from pipeline_code.tickit_monitor.features import INPUTS
from pipeline_code.tickit_monitor.inputs import Inputs, inputs_in
from pipeline_code.tickit_monitor.window import Window, window_from_environment

BASELINE = {"Statistics": "statistics.json", "Constraints": "constraints.json"}


def run(container: Container) -> None:
    """Write the outputs `rows` (CSV with header), `baseline` and `collection` (counts)."""
    storage = client("s3", container.region)
    registry = client("sagemaker", container.region)
    window = window_from_environment(datetime.now(UTC))
    baseline = container.processing_output("baseline")
    group = model_package_group()
    package = fetch_baseline(group, baseline, registry=registry, storage=storage)
    found = inputs_in(
        window,
        captured=os.environ["CAPTURED_URI"],
        batches=os.environ["BATCHES_URI"],
        ranges=fetch_ranges(group, registry=registry, storage=storage),
        storage=storage,
    )
    write_requests(found.rows, INPUTS, container.processing_output("rows"))
    report = _report(found, window, package)
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
        bucket, _, key = baseline[name]["S3Uri"].removeprefix("s3://").partition("/")
        (folder / file).write_bytes(storage.get_object(Bucket=bucket, Key=key)["Body"].read())
    return arn


def fetch_ranges(group: str, *, registry: Any, storage: Any) -> TrainingRanges:
    """The ranges of the training rows of the newest approved version; none if it was saved without.

    Raises DataError if its model cannot be read.
    """
    with tempfile.TemporaryDirectory() as folder:
        model = champion_of(group, registry=registry, storage=storage, folder=Path(folder))
        if model is None:
            return TrainingRanges({})
        with unpacked(model.archive) as files:
            path = files / FILE
            return read_ranges(path) if path.is_file() else TrainingRanges({})


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
