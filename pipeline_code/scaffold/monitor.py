"""The command `monitor`: creates the pipeline that monitors the models of another pipeline."""

import argparse
from pathlib import Path

from local_cloud.command_line import run_command
from pipeline_code.pipelines import folder_name, folder_of
from pipeline_code.scaffold.create import TEMPLATE, rendered
from pipeline_code.scaffold.errors import InvalidName, ScaffoldError

ROOT = Path(__file__).resolve().parents[2]
FILES = TEMPLATE / "monitor" / "pipeline"
LONGEST_NAME = 30
NEXT = """\
Created {folder} ({files} files).

Models of {name} need a baseline of their inputs. Its option is in stacks/environments.py:
    Pipeline(name="{name}", options={{"baseline": "model_monitor"}}, …)
Then add the monitor to the same environment, and accept its template with `make snapshots`:
    Pipeline(name="{name}-monitor", models_of="{name}", schedule=Schedule(expression="rate(1 day)"))
More in docs/monitoring.md.
"""

HELP = "create the pipeline that monitors the models of a pipeline"


def add_arguments(command: argparse.ArgumentParser) -> None:
    """Add the argument of the command."""
    command.add_argument("name", metavar="NAME", help="the pipeline whose models are monitored")


def run(parsed: argparse.Namespace, *, root: Path = ROOT) -> int:
    """Run the command; return 0, or 2 after printing why the pipeline was not created."""
    return run_command(lambda: _run(parsed.name, root), ScaffoldError, error_prefix="error: ")


def _run(name: str, root: Path) -> int:
    pipelines = root / "pipeline_code"
    target = folder_of(f"{name}-monitor", pipelines)
    _check(name, pipelines, target)
    values = {"name": name, "folder": folder_name(name)}
    files = dict(rendered(FILES, values))
    target.mkdir()
    for path, text in files.items():
        (target / path).write_text(text, encoding="utf-8")
    print(NEXT.format(folder=target.relative_to(root), files=len(files), name=name), end="")
    return 0


def _check(name: str, pipelines: Path, target: Path) -> None:
    served = folder_of(name, pipelines)
    if not (served / "pipeline.py").is_file():
        raise InvalidName(f"pipeline_code has no pipeline {name!r}: create it with `new {name}`")
    features = served / "features.py"
    if not features.is_file() or "DATASET" not in features.read_text(encoding="utf-8"):
        raise InvalidName(
            f"{features.relative_to(pipelines.parent)} declares no DATASET, which the monitor "
            "reads: declare the columns and the target of the models there"
        )
    if len(f"{name}-monitor") > LONGEST_NAME:
        raise InvalidName(
            f"{name}-monitor has more than {LONGEST_NAME} characters: choose a shorter name for "
            "the pipeline"
        )
    if target.exists():
        raise InvalidName(
            f"{target.relative_to(pipelines.parent)} exists already: change it, or remove it"
        )
