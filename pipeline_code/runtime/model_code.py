"""Puts the code that hosts a model beside it, where SageMaker's framework containers look."""

from pathlib import Path
from types import ModuleType
from typing import Literal

from pipeline_code.runtime.module_source import imported_sources

# What the image imports: the pipeline's functions, with errors answered as this image can.
PROGRAM = """\
from {package} import {module}
from pipeline_code.runtime.request_errors import {image}

model_fn, input_fn, predict_fn, output_fn = {image}({module})
"""
REQUEST_ERRORS = "pipeline_code.runtime.request_errors"


def write_code(
    model: Path, inference: ModuleType, *, image: Literal["scikit_learn", "xgboost"]
) -> None:
    """Write `code/inference.py`, which hosts the module `inference` in an image, and its imports.

    With SAGEMAKER_SUBMIT_DIRECTORY=/opt/ml/model/code the container puts `code` on Python's path,
    so the modules import each other by the names that they have here.
    """
    package, _, module = inference.__name__.rpartition(".")
    files = {"inference.py": PROGRAM.format(package=package, module=module, image=image)}
    for name in (inference.__name__, REQUEST_ERRORS):
        files |= {source.path: source.text for source in imported_sources(name)}
    for path, text in files.items():
        target = model / "code" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
