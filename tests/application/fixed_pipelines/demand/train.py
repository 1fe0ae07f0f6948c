"""Fits one number, pieces sold per size, and writes it with the code that hosts it."""

import json

from fixed_pipelines.demand.rows import SIZE, SOLD, read_rows
from pipeline_code.runtime.container import Container

INFERENCE = """\
import json
import pathlib


def model_fn(folder):
    return json.loads((pathlib.Path(folder) / "model.json").read_text())


def input_fn(body, content_type):
    text = body.decode() if isinstance(body, bytes) else body
    return [float(line) for line in text.split()]


def predict_fn(sizes, model):
    return [model["sold_per_size"] * size for size in sizes]


def output_fn(predicted, accept):
    return "".join(f"{each}\\n" for each in predicted), "text/csv"
"""


def run(container: Container) -> None:
    """Write model.json and code/inference.py."""
    rows = read_rows(container.channel("train"))
    sold_per_size = sum(row[SOLD] for row in rows) / sum(row[SIZE] for row in rows)
    (container.model / "model.json").write_text(json.dumps({"sold_per_size": sold_per_size}))
    (container.model / "code").mkdir()
    (container.model / "code" / "inference.py").write_text(INFERENCE)
