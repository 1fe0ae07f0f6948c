"""Measures the trained and the approved model on the test side, with the hosting code."""

from pipeline_code.insurance.features import DATASET
from pipeline_code.insurance.inference import model_fn, predict_fn
from pipeline_code.insurance.lift import CHOICE_OF_CUSTOMERS
from pipeline_code.runtime.container import Container
from pipeline_code.runtime.evaluation import evaluate


def run(container: Container) -> None:
    """Write evaluation.json to the output `evaluation`."""
    evaluate(
        container,
        DATASET,
        load=model_fn,
        predict=predict_fn,
        champion="lift",
        problem=CHOICE_OF_CUSTOMERS,
    )
