"""Writes the code that hosts a model into the model's own folder."""

from pathlib import Path
from types import ModuleType

from pipeline_code.runtime.module_source import imported_sources
from pipeline_code.runtime.wheels import copy_packages

# The container of the model sets SAGEMAKER_SERVING_MODULE to `inference:app`.
PROGRAM = """\
from pathlib import Path

from {package} import {module}
from pipeline_code.runtime.model_application import application

app = application({module}, Path(__file__).parents[1])
"""
APPLICATION = "pipeline_code.runtime.model_application"


def write_code(model: Path, inference: ModuleType) -> None:
    """Write `code/inference.py`, whose `app` serves with the module `inference`, and its imports.

    The container has PYTHONPATH=/opt/ml/model/code, so the modules import each other by the names
    that they have here. Packages that the job has installed from wheels are there, too.
    """
    copy_packages(model / "code")
    package, _, module = inference.__name__.rpartition(".")
    files = {"inference.py": PROGRAM.format(package=package, module=module)}
    for name in (inference.__name__, APPLICATION):
        files |= {source.path: source.text for source in imported_sources(name)}
    for path, text in files.items():
        target = model / "code" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
