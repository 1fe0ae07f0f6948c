"""Measures the trained model on the test side, beside a constant answer and the approved model."""

import json
import tempfile
from pathlib import Path

import numpy as np
import numpy.typing as npt

from pipeline_code.census.encoder import FILE, Encoder
from pipeline_code.census.features import SCHEMA, is_high
from pipeline_code.census.model import Model, files_in, read_model
from pipeline_code.runtime.champion import comparison, find_champion_here
from pipeline_code.runtime.classification import (
    binary_classification_report,
    classification_metrics,
)
from pipeline_code.runtime.container import Container
from pipeline_code.runtime.model_archive import unpacked
from pipeline_code.runtime.shards import read_shards

METRIC = "accuracy"


def run(container: Container) -> None:
    """Write evaluation.json to the output `evaluation`, and the encoder of the rows beside it."""
    rows = read_shards(container.processing_input("test"), SCHEMA).table
    encoder = Encoder.from_json((container.processing_input("encoder") / FILE).read_text())
    truth = is_high(rows)

    def predict(archive: Path) -> npt.NDArray[np.float64]:
        return read_archive(archive, encoder=encoder).probability(rows)

    report = binary_classification_report(
        truth, predict(container.processing_input("model") / "model.tar.gz")
    )
    with tempfile.TemporaryDirectory() as temporary:
        report["champion_comparison"] = comparison(
            METRIC,
            candidate=report["binary_classification_metrics"][METRIC]["value"],
            champion=find_champion_here(container, Path(temporary)),
            score=lambda archive: classification_metrics(truth, predict(archive))[METRIC],
        )
    text = json.dumps(report, indent=2, allow_nan=False) + "\n"
    folder = container.processing_output("evaluation")
    (folder / "evaluation.json").write_text(text)
    (folder / FILE).write_text(encoder.to_json())
    print(text)


def read_archive(archive: Path, *, encoder: Encoder) -> Model:
    """The model in a model.tar.gz; `encoder` is used when the archive holds none.

    Nothing of the archive is run. Raises DataError as `unpacked` and `read_model` do.
    """
    with unpacked(archive) as folder:
        return read_model(files_in(folder), encoder=encoder, source=archive.name)
