"""Measures the trained model on the test side, through the code that hosts it."""

import json
from pathlib import Path

from pipeline_code.runtime.container import Container
from pipeline_code.runtime.model_archive import unpacked
from pipeline_code.runtime.regression import regression_report
from pipeline_code.runtime.shards import read_shards, require_rows
from pipeline_code.tickit.features import SCHEMA, TARGET, in_order, target
from pipeline_code.tickit.inference import Model, model_fn, predict_fn


def run(container: Container) -> None:
    """Write evaluation.json to the output `evaluation`."""
    shards = read_shards(container.processing_input("test"), SCHEMA)
    require_rows(shards, what="the test side")
    rows = in_order(shards.table)
    model = load(container.processing_input("model") / "model.tar.gz")
    predicted = predict_fn(rows.drop_columns([TARGET]), model)
    report = regression_report(target(rows), predicted, mean_guess=model.facts["target_mean"])
    text = json.dumps(report, indent=2, allow_nan=False) + "\n"
    (container.processing_output("evaluation") / "evaluation.json").write_text(text)
    print(text)


def load(archive: Path) -> Model:
    """The model in model.tar.gz, as its hosting code loads it.

    Raises DataError as `unpacked` does.
    """
    with unpacked(archive) as folder:
        return model_fn(str(folder))
