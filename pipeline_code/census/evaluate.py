"""Measures the trained, the default and the approved model on the test rows."""

from pathlib import Path

from pipeline_code.census.encoder import FILE, Encoder
from pipeline_code.census.features import DATASET
from pipeline_code.census.model import read_model
from pipeline_code.runtime.container import Container
from pipeline_code.runtime.evaluation import evaluate


def run(container: Container) -> None:
    """Write evaluation.json to the output `evaluation`."""
    # The model with HYPERPARAMETERS, which the pipeline passes if it tunes.
    default = container.processing_input("default") / "model.tar.gz"
    encoder = Encoder.from_json((container.processing_input("encoder") / FILE).read_text())
    evaluate(
        container,
        DATASET,
        load=lambda folder: read_model(Path(folder), encoder=encoder),
        predict=lambda rows, model: model.probability(rows),
        champion="accuracy",
        default=default if default.is_file() else None,
    )
