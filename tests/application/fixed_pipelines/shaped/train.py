"""Fits the line, and saves the model with its hosting code."""

import numpy as np

from fixed_pipelines.shaped import inference
from fixed_pipelines.shaped.features import DATASET, feature_matrix
from fixed_pipelines.shaped.model import Model
from pipeline_code.runtime.container import Container
from pipeline_code.runtime.model_code import write_code
from pipeline_code.runtime.shards import read_shards
from pipeline_code.runtime.training_ranges import FILE, ranges_of


def run(container: Container) -> None:
    """Fit on the channel `train` and write the model."""
    rows = DATASET.in_order(read_shards(container.channel("train"), DATASET.schema).table)
    target = DATASET.labels(rows)
    coefficients, *_ = np.linalg.lstsq(feature_matrix(rows), target, rcond=None)
    Model(coefficients, {"target_mean": float(target.mean())}).save(container.model)
    ranges_of(rows, DATASET).save(container.model / FILE)
    write_code(container.model, inference)
