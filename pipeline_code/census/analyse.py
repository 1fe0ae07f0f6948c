"""Measures the bias of the labels and of the model on the test rows, and explains the model."""

from pathlib import Path

from pipeline_code.census.encoder import ENCODER, FILE, Encoder
from pipeline_code.census.features import DATASET
from pipeline_code.census.model import read_model
from pipeline_code.runtime.bias_report import BiasConfig, Facet
from pipeline_code.runtime.container import Container
from pipeline_code.runtime.model_analysis import analyse

# The differences in the published data: 10.9 % of the women and 30.6 % of the men have a high
# income, and 12.4 % of the black and 25.3 % of all other persons.
BIAS = BiasConfig(
    facets=(Facet("sex", "Female", known=0.196), Facet("race", "Black", known=0.129)),
    group="occupation",
    features=ENCODER.encoded_columns,
)


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
