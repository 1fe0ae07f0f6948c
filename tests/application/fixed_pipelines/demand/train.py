"""Fits one number, the quotient of `sold` and `size`, and writes it with its hosting code."""

import json

from fixed_pipelines.demand.rows import SIZE, SOLD, read_rows
from pipeline_code.runtime.container import Container

INFERENCE = """\
import json
import pathlib

MODEL = json.loads((pathlib.Path(__file__).parents[1] / "model.json").read_text())


def app(environ, start_response):
    sizes = environ["wsgi.input"].read().decode().split()
    start_response("200 OK", [("Content-Type", "text/csv")])
    return [f"{MODEL['sold_per_size'] * float(size)}\\n".encode() for size in sizes]
"""


def run(container: Container) -> None:
    """Write model.json and code/inference.py."""
    rows = read_rows(container.channel("train"))
    sold_per_size = sum(row[SOLD] for row in rows) / sum(row[SIZE] for row in rows)
    (container.model / "model.json").write_text(json.dumps({"sold_per_size": sold_per_size}))
    (container.model / "code").mkdir()
    (container.model / "code" / "inference.py").write_text(INFERENCE)
