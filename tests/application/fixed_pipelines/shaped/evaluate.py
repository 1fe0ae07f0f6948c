"""Measures the trained and the approved model on the test side, with the hosting code."""

from fixed_pipelines.shaped.features import DATASET
from fixed_pipelines.shaped.inference import model_fn, predict_fn
from pipeline_code.runtime.container import Container
from pipeline_code.runtime.evaluation import evaluate


def run(container: Container) -> None:
    """Write evaluation.json to the output `evaluation`."""
    evaluate(container, DATASET, load=model_fn, predict=predict_fn, champion="rmse")
