"""Puts the code that hosts a model beside it, where SageMaker's framework containers look."""

import importlib.util
from collections.abc import Sequence
from pathlib import Path
from typing import Any

# What every hosting code imports of ours.
RUNTIME = (
    "pipeline_code",
    "pipeline_code.runtime",
    "pipeline_code.runtime.csv_data",
    "pipeline_code.runtime.errors",
    "pipeline_code.runtime.json_lines",
    "pipeline_code.runtime.schema",
    "pipeline_code.runtime.serving",
)


def write_code(model: Path, *, inference: str, modules: Sequence[str]) -> None:
    """Write the module `inference` as `code/inference.py`, and what it imports below its package.

    That is the runtime's part of hosting, and `modules` of the pipeline's own.

    With SAGEMAKER_SUBMIT_DIRECTORY=/opt/ml/model/code the container puts `code` on Python's path,
    so all of them import each other by the names they have here. Sources are asked of the modules'
    loaders, because a job's own code is a zip.
    """
    _write(model / "code" / "inference.py", _source(inference)[0])
    for name in (*RUNTIME, *modules):
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
