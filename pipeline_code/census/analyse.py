"""Measures the bias of the labels and of the model on the test rows, and explains the model."""

from pathlib import Path

from pipeline_code.census.bias import BIAS
from pipeline_code.census.encoder import FILE, Encoder
from pipeline_code.census.features import DATASET
from pipeline_code.census.model import read_model
from pipeline_code.runtime.container import Container
from pipeline_code.runtime.model_analysis import analyse


def run(container: Container) -> None:
    """Write analysis.json to the output `analysis`."""
    encoder = Encoder.from_json((container.processing_input("encoder") / FILE).read_text())
    analyse(
        container,
        DATASET,
        load=lambda folder: read_model(Path(folder), encoder=encoder),
        predict=lambda rows, model: model.probability(rows),
        bias=BIAS,
        explain=lambda rows, model: model.explain(rows),
    )
