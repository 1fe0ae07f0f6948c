"""The command `export`: writes the flow of a pipeline as a plain Python script."""

import argparse
import importlib
import sys
from pathlib import Path

from local_cloud.command_line import run_command
from pipeline_code.flow_export.script import script_of
from pipeline_code.pipelines import names, package_of
from pipeline_code.runtime.flows.fitted_flow import FittedFlow, load_flow
from pipeline_code.runtime.flows.flow import Flow
from pipeline_code.runtime.job_errors import JobError, SettingError
from pipeline_code.runtime.model_archive import unpacked

HELP = "write the data preparation of a pipeline as a plain Python script"


def add_arguments(command: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    command.add_argument("name", metavar="NAME", help="a pipeline with a FLOW in features.py")
    text = "a model.tar.gz of the pipeline, for what the flow computed from the training rows"
    command.add_argument("--model", metavar="FILE", type=Path, help=text)
    text = "the script (default: standard output)"
    command.add_argument("--output", metavar="FILE", type=Path, help=text)


def run(parsed: argparse.Namespace) -> int:
    """Run the command; return 0, or 2 after printing why there is no script."""
    return run_command(lambda: export(parsed.name, parsed.model, parsed.output), JobError)


def export(name: str, model: Path | None, output: Path | None) -> int:
    """Write the script. Return 0. Raises SettingError and DataError."""
    declared = _declared(name)
    fitted = declared.without_fit() if model is None else _fitted(model)
    file = output.name if output else f"prepare_{name.replace('-', '_')}.py"
    title = f"Prepares the rows of the pipeline {name}."
    text = script_of(fitted, declared.schema, title=title, file=file)
    if output is None:
        sys.stdout.write(text)
    else:
        output.write_text(text, encoding="utf-8")
        print(f"{output}: {len(fitted.transforms)} transforms")
    return 0


def _declared(name: str) -> Flow:
    if name not in names():
        raise SettingError(f"no pipeline {name!r}: allowed are {', '.join(names())}")
    module = f"{package_of(name)}.features"
    try:
        flow = getattr(importlib.import_module(module), "FLOW", None)
    except ModuleNotFoundError:
        flow = None
    if not isinstance(flow, Flow):
        raise SettingError(
            f"{module} declares no FLOW = Flow(…): only a declared flow can be exported"
        )
    return flow


def _fitted(model: Path) -> FittedFlow:
    with unpacked(model) as folder:
        return load_flow(folder)
