"""Measures the trained model, and the approved one, on the test side through the hosting code."""

import json
import tempfile
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from pipeline_code.bank.features import SCHEMA, target
from pipeline_code.bank.inference import model_fn, predict_fn
from pipeline_code.runtime.champion import comparison, find_champion_here
from pipeline_code.runtime.classification import (
    binary_classification_report,
    classification_metrics,
)
from pipeline_code.runtime.container import Container
from pipeline_code.runtime.model_archive import unpacked
from pipeline_code.runtime.shards import read_shards, require_rows


def run(container: Container) -> None:
    """Write evaluation.json to the output `evaluation`."""
    shards = read_shards(container.processing_input("test"), SCHEMA)
    require_rows(shards, what="the test side")
    rows, truth = shards.table, target(shards.table)
    predicted = probability(container.processing_input("model") / "model.tar.gz", rows)
    report = binary_classification_report(truth, predicted)
    with tempfile.TemporaryDirectory() as folder:
        report["champion_comparison"] = comparison(
            "auc",
            candidate=report["binary_classification_metrics"]["auc"]["value"],
            champion=find_champion_here(container, Path(folder)),
            score=lambda model: classification_metrics(truth, probability(model, rows))["auc"],
        )
    text = json.dumps(report, indent=2, allow_nan=False) + "\n"
    (container.processing_output("evaluation") / "evaluation.json").write_text(text)
    print(text)


def probability(model: Path, rows: pa.Table) -> npt.NDArray[np.float64]:
    """What the model in a model.tar.gz answers to raw rows.

    Raises DataError as `unpacked` does.
    """
    with unpacked(model) as folder:
        return predict_fn(rows, model_fn(str(folder)))
