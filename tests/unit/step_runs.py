"""Runs preprocessing, training and evaluation of a pipeline that has the usual three steps."""

from __future__ import annotations

import json
import shutil
import tarfile
from functools import cached_property, reduce
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

from pipeline_code.archive import build_archive
from pipeline_code.runtime.dataset import Dataset
from tests.registry import Registry
from tests.unit.job import Job


def query_result(table: pa.Table, dataset: Dataset) -> pa.Table:
    """Return the columns of the data set, and the rows that have a target."""
    return table.select(dataset.schema.names).filter(
        reduce(pc.and_, [pc.is_valid(table[target]) for target in dataset.targets])
    )


class StepRuns:
    """The jobs of one run over `rows`, each of which runs when its result is first used."""

    def __init__(self, pipeline: str, rows: pa.Table, folder: Path, registry: str) -> None:
        self._archive = build_archive(pipeline, folder / "code")
        self._rows, self._folder, self._registry = rows, folder, registry

    @cached_property
    def preprocessed(self) -> Job:
        """The completed preprocessing of the rows, as UNLOAD writes them to CSV."""
        job = self.job("preprocess")
        options = csv.WriteOptions(quoting_style="needed")
        csv.write_csv(self._rows, job.input("data") / "0000_part_00", options)
        return self.completed(job)

    @cached_property
    def model(self) -> Path:
        """The folder of the trained model."""
        job = self.job("train")
        for part in self.preprocessed.parts("train"):
            shutil.copy(part, job.input("train"))
        return self.completed(job).opt_ml() / "model"

    @cached_property
    def evaluation(self) -> dict[str, Any]:
        """The document evaluation.json, without an approved model."""
        job = self.job("evaluate", Registry(self._registry).environment)
        with tarfile.open(job.input("model") / "model.tar.gz", "w:gz") as packed:
            packed.add(self.model, arcname=".")
        for part in self.preprocessed.parts("test"):
            shutil.copy(part, job.input("test"))
        path, _plots = self.completed(job).parts("evaluation")
        report: dict[str, Any] = json.loads(path.read_text())
        return report

    def metric(self, path: str) -> float:
        """Return a value of evaluation.json by its path, such as regression_metrics.r2.value."""
        found: Any = self.evaluation
        for name in path.split("."):
            found = found[name]
        return float(found)

    def job(self, step: str, environment: dict[str, str] | None = None) -> Job:
        """Return a new configured job of a step."""
        folder = self._folder / step
        job = Job(
            self._archive,
            folder,
            step,
            training=step == "train",
            environment=environment or {},
        )
        job.configure()
        return job

    @staticmethod
    def completed(job: Job) -> Job:
        """Run a job that must succeed."""
        assert job.run() == [0], job.output
        return job
