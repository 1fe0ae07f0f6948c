"""Runs the scripts of the steps without services, on the inputs of an execution."""

from __future__ import annotations

import json
import os
import shutil
import tarfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from benchmarks.laptop import Stopwatch, run_python
from benchmarks.laptop_clients import client

HOST = {"current_host": "algo-1", "hosts": ["algo-1"]}
CHANNELS = {"train": {"S3DistributionType": "FullyReplicated"}}


def run_scripts(
    variables: Mapping[str, str], summary: dict[str, Any], folder: Path
) -> dict[str, float]:
    """Run each script without roles, storage, logs and events. Return step -> seconds.

    `summary` is the output of `describe --json` for the execution whose inputs are used.
    """
    s3 = client("s3", variables)
    code, data = _inputs(variables, summary["execution_arn"])
    folder.mkdir()
    archive = folder / "code.zip"
    s3.download_file(*_place(code), str(archive))
    unloaded = folder / "preprocess/processing/input/data"
    _download(s3, *_place(f"{data}/{summary['execution_id']}/"), unloaded)
    watch = Stopwatch()
    _processing(folder / "preprocess")
    _step(watch, archive, "preprocess", folder / "preprocess")
    _training(folder / "train", folder / "preprocess/processing/output/train")
    _step(watch, archive, "train", folder / "train")
    _processing(folder / "evaluate")
    inputs = folder / "evaluate/processing/input"
    shutil.copytree(folder / "preprocess/processing/output/test", inputs / "test")
    (inputs / "model").mkdir()
    with tarfile.open(inputs / "model/model.tar.gz", "w:gz") as packed:
        packed.add(folder / "train/model", arcname=".")
    _step(watch, archive, "evaluate", folder / "evaluate")
    return watch.seconds


def _inputs(variables: Mapping[str, str], execution: str) -> tuple[str, str]:
    """Return the URI of an execution's code, and of its unloaded rows without the execution id."""
    answer = client("sagemaker", variables).describe_pipeline_definition_for_execution(
        PipelineExecutionArn=execution
    )
    steps = {step["Name"]: step for step in json.loads(answer["PipelineDefinition"])["Steps"]}
    code, data = steps["Preprocess"]["Arguments"]["ProcessingInputs"]
    data_set = data["DatasetDefinition"]["RedshiftDatasetDefinition"]
    return code["S3Input"]["S3Uri"], data_set["OutputS3Uri"]["Std:Join"]["Values"][0]


def _place(uri: str) -> tuple[str, str]:
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    return bucket, key


def _download(s3: Any, bucket: str, prefix: str, folder: Path) -> None:
    folder.mkdir(parents=True)
    for found in s3.list_objects_v2(Bucket=bucket, Prefix=prefix)["Contents"]:
        s3.download_file(bucket, found["Key"], str(folder / Path(found["Key"]).name))


def _processing(root: Path) -> None:
    _write(root / "config/processingjobconfig.json", {})
    _write(root / "config/resourceconfig.json", HOST)


def _training(root: Path, rows: Path) -> None:
    for name, content in (
        ("hyperparameters", {}),
        ("inputdataconfig", CHANNELS),
        ("resourceconfig", HOST),
    ):
        _write(root / f"input/config/{name}.json", content)
    shutil.copytree(rows, root / "input/data/train")


def _write(path: Path, content: dict[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content))


def _step(watch: Stopwatch, archive: Path, step: str, root: Path) -> None:
    # Jobs run with one thread too: starting more threads on shared cores takes longer.
    environment = {**os.environ, "SAGEMAKER_BASE_DIR": str(root), "OMP_NUM_THREADS": "1"}
    with watch.timing(step):
        run_python(str(archive), step, environment=environment)
