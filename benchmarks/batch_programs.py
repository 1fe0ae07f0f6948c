"""Programs that predict for gzipped CSV files: the hosted model, and all rows in memory."""

from __future__ import annotations

import gzip
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from pyarrow import csv

from benchmarks.preparation_programs import generate as generate_tickit
from local_cloud.sagemaker.jobs.transform.ordered_work import in_order
from local_cloud.sagemaker.jobs.transform.payloads import Payload, output_of, payloads
from local_cloud.sagemaker.jobs.transform.transform_settings import TransformSettings
from pipeline_code.runtime.container import Container
from pipeline_code.runtime.model_application import application
from pipeline_code.tickit import inference
from pipeline_code.tickit import preprocess as tickit_preprocess
from pipeline_code.tickit import train as tickit_train

# UNLOAD writes one file for each slice of a warehouse, and further ones above MAXFILESIZE.
FILES = 8
TRAINING_ROWS = 100_000
# Of a prediction, in the response of the hosted model.
DIGITS = 4
PLAIN = "plain, a file in memory"
REQUEST = {
    "TransformInput": {
        "ContentType": "text/csv",
        "SplitType": "Line",
        "CompressionType": "Gzip",
    },
    "TransformOutput": {"Accept": "text/csv", "AssembleWith": "Line"},
    "MaxPayloadInMB": 6,
}
JOINED = {"InputFilter": "$[1:]", "JoinSource": "Input", "OutputFilter": "$[-1]"}
ORDER = ("venueid", "catid", "caldate", "holiday", "events")


def generate(folder: Path, rows: int) -> None:
    """Write gzipped CSV files without a header, with a key as first column."""
    folder.mkdir(parents=True)
    for number in range(FILES):
        count = rows * (number + 1) // FILES - rows * number // FILES
        random = np.random.default_rng(number)
        days = random.integers(14_000, 17_000, count).astype(np.int32)
        columns = {
            "dateid": np.arange(count),
            "venueid": random.integers(1, 300, count),
            "catid": random.integers(6, 11, count),
            "caldate": pa.array(days).cast(pa.date32()),
            "holiday": pa.array(random.random(count) < 0.05),
            "events": random.integers(1, 9, count),
        }
        with gzip.open(folder / f"{number:04}_part_00.gz", "wb", compresslevel=1) as file:
            options = csv.WriteOptions(include_header=False, quoting_style="none")
            csv.write_csv(pa.table(columns), file, options)


def train(folder: Path) -> None:
    """Train the model of tickit on generated rows; write it to the folder `model`."""
    prepared, trained = folder / "prepared", folder / "trained"
    generate_tickit_rows = prepared / "processing/input/data"
    generate_tickit_rows.mkdir(parents=True)
    generate_tickit(generate_tickit_rows, TRAINING_ROWS)
    hosts = json.dumps({"current_host": "algo-1", "hosts": ["algo-1"]})
    for path in (prepared / "config", trained / "input/config", trained / "input/data"):
        path.mkdir(parents=True)
    (prepared / "config/processingjobconfig.json").write_text("{}")
    (prepared / "config/resourceconfig.json").write_text(hosts)
    tickit_preprocess.run(Container(prepared))
    (trained / "input/config/resourceconfig.json").write_text(hosts)
    (trained / "input/data/train").symlink_to(prepared / "processing/output/train")
    tickit_train.run(Container(trained))
    (folder / "model").symlink_to(trained / "model")


def hosted_model(source: Path, target: Path) -> None:
    """The hosted model, which receives 6 MB at a time, as a transform job sends them."""
    _transform(source, target, {**REQUEST, "DataProcessing": {"InputFilter": "$[1:]"}})


def transform_job(source: Path, target: Path) -> None:
    """The same, and the transform job of the laptop cloud joins predictions and rows."""
    _transform(source, target, {**REQUEST, "DataProcessing": JOINED})


def _transform(source: Path, target: Path, request: dict[str, Any]) -> None:
    settings = TransformSettings.read(request)
    application_of_model = application(inference, source / "model")

    def ask(payload: Payload) -> bytes:
        return output_of(payload, _invoked(application_of_model, payload.body), settings)

    with (target / "predictions").open("wb") as output:
        for path in sorted((source / "rows").iterdir()):
            with path.open("rb") as file:
                for part in in_order(ask, payloads(file, settings), threads=1):
                    output.write(part)


def _invoked(application_of_model: Any, body: bytes) -> bytes:
    """The response of the model to a request of a transform job."""
    environ = {
        "PATH_INFO": "/invocations",
        "REQUEST_METHOD": "POST",
        "CONTENT_TYPE": "text/csv",
        "HTTP_ACCEPT": "text/csv",
        "wsgi.input": io.BytesIO(body),
    }
    return b"".join(application_of_model(environ, lambda status, headers: None))


def in_memory(source: Path, target: Path) -> None:
    """pyarrow reads a whole file, and the model predicts for all of its rows at once."""
    model = inference.model_fn(str(source / "model"))
    with (target / "predictions").open("w") as output:
        for rows in _tables(source / "rows"):
            predicted = inference.predict(rows, model)
            output.writelines(f"{round(number, DIGITS)}\n" for number in predicted.tolist())


def _tables(folder: Path) -> Iterator[pa.Table]:
    names = ["dateid", *ORDER]
    for path in sorted(folder.iterdir()):
        with gzip.open(path) as file:
            options = csv.ReadOptions(column_names=names)
            yield csv.read_csv(file, options).drop_columns(["dateid"])


PROGRAMS = {
    "hosted model, 6 MB at a time": hosted_model,
    "transform job of the laptop cloud": transform_job,
    PLAIN: in_memory,
}
