"""Writes a model with its encoder, the ranges of its training rows, and its hosting code."""

import shutil

from pipeline_code.census import inference
from pipeline_code.census.encoder import FILE
from pipeline_code.census.model import MODEL_FILE
from pipeline_code.runtime.container import Container
from pipeline_code.runtime.model_code import write_code
from pipeline_code.runtime.training_ranges import FILE as RANGES
from pipeline_code.runtime.training_ranges import merged_ranges


def save_model(container: Container, booster: bytes) -> None:
    """Write the folder of the model; the channels `encoder` and `ranges` have the other files."""
    (container.model / MODEL_FILE).write_bytes(booster)
    shutil.copyfile(container.channel("encoder") / FILE, container.model / FILE)
    merged_ranges(container.channel("ranges").iterdir()).save(container.model / RANGES)
    write_code(container.model, inference)
