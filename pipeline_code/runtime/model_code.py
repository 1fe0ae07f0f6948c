"""Puts the code that hosts a model beside it, where SageMaker's framework containers look."""

import importlib.util
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

# What every hosting code imports of ours.
RUNTIME = (
    "pipeline_code",
    "pipeline_code.runtime",
    "pipeline_code.runtime.csv_data",
    "pipeline_code.runtime.job_errors",
    "pipeline_code.runtime.json_lines",
    "pipeline_code.runtime.request_errors",
    "pipeline_code.runtime.schema",
    "pipeline_code.runtime.serving",
)


# What the image imports: the pipeline's functions, with refusals as this image takes them.
PROGRAM = """\
from {package} import inference
from pipeline_code.runtime.request_errors import {image}

model_fn, input_fn, predict_fn, output_fn = {image}(inference)
"""


def write_code(
    model: Path,
    *,
    inference: str,
    modules: Sequence[str],
    image: Literal["scikit_learn", "xgboost"],
) -> None:
    """Write `code/inference.py`, which hosts the module `inference` in an image, and its imports.

    That is the runtime's part of hosting, and `modules` of the pipeline's own.

    With SAGEMAKER_SUBMIT_DIRECTORY=/opt/ml/model/code the container puts `code` on Python's path,
    so all of them import each other by the names they have here. Sources are asked of the modules'
    loaders, because a job's own code is a zip.
    """
    program = PROGRAM.format(package=inference.removesuffix(".inference"), image=image)
    _write(model / "code" / "inference.py", program)
    for name in (*RUNTIME, *modules, inference):
        source, is_package = _source(name)
        path = name.replace(".", "/") + ("/__init__.py" if is_package else ".py")
        _write(model / "code" / path, source)


def _source(name: str) -> tuple[str, bool]:
    spec = importlib.util.find_spec(name)
    if spec is None:
        raise ModuleNotFoundError(f"no module {name} to host")
    # Of files and zips alike; importlib's abstract classes do not count zipimporter in.
    loader: Any = spec.loader
    return loader.get_source(name), loader.is_package(name)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
